"""What `scripts/bench` measures when nothing is said, and what each option changes."""

import pytest

from scripts.outils.options import lire_options_de_bench


@pytest.mark.parametrize(
    ("options", "tailles", "tours", "secondes"),
    [
        ([], [100, 2000], 5, 1.0),
        (["--grand"], [100, 2000, 20_000, 100_000], 5, 1.0),
        (["--rapide"], [100, 2000], 2, 0.3),
        (["--rapide", "--tours", "1"], [100, 2000], 1, 0.3),
        (["--dossiers", "2000,20", "--secondes", "2"], [20, 2000], 5, 2.0),
    ],
)
def test_sizes_and_rounds(options, tailles, tours, secondes):
    choix = lire_options_de_bench(options)

    assert (choix.tailles, choix.tours, choix.secondes) == (tailles, tours, secondes)


def test_the_result_goes_to_var_unless_told():
    assert lire_options_de_bench([]).sortie.parts[-2:] == ("var", "bench.json")
    assert lire_options_de_bench(["--pages", "laureats, dossiers"]).pages == ["laureats", "dossiers"]


def test_help_speaks_french(capsys):
    with pytest.raises(SystemExit):
        lire_options_de_bench(["--aide"])

    assert "20 000 et 100 000 dossiers aussi" in capsys.readouterr().out

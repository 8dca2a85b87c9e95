"""The keys of the split view: shown on the page, in the help, and read by the script (`static/js/instruction.js`)."""

# (key, what it does); a single letter works outside the text fields only, and can be switched off (WCAG 2.1.4).
TOUCHES = (
    ("j, k", "ligne suivante, ligne précédente de la grille"),
    ("o, n, d", "oui, non, à demander, sur la règle où vous êtes"),
    ("0 à 5", "note du critère où vous êtes"),
    ("e", "épingler le texte sélectionné, ou ouvrir l'épinglage, sur la ligne où vous êtes"),
    ("a", "annoter le texte sélectionné"),
    ("v", "voir la preuve de la ligne où vous êtes ; Échap en revient"),
    ("s, p", "dossier suivant, dossier précédent de la file"),
    ("Ctrl + Entrée", "enregistrer la grille et passer au dossier suivant"),
    ("?", "montrer ces touches"),
)

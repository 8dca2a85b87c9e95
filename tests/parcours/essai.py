from tests.parcours.pages import debordements
from tests.factories.selection import Salle
def test_a(asseoir, transactional_db, constat, settings):
    settings.MFA_AGENTS = "facultative"
    s = Salle().ouvrir()
    p = asseoir(s.president.user, viewport={"width": 200, "height": 740})
    p.aller(s.seance.get_absolute_url())
    print(200, debordements(p.page))
    p.page.set_viewport_size({"width": 360, "height": 740})
    print(360, debordements(p.page))
    for h in ("<svg width=900 height=10></svg>", '<div class="fr-container--fluid"><svg width=900 height=10></svg></div>'):
        p.page.evaluate("h => document.querySelector('main').insertAdjacentHTML('beforeend', h)", h)
        print("inj", debordements(p.page))
        p.page.evaluate("document.querySelector('main').lastElementChild.remove()")
    constat.lues.clear(); constat.lire(p.page); print(constat.fautes)
    p.page.screenshot(path="/tmp/atelier/var-parcours/seance.png", full_page=True)
    p.page.evaluate("setTimeout(()=>{throw new Error('boum')},0)"); p.page.wait_for_timeout(300); print(constat.fautes[-1])
    q = asseoir(s.membres[1].user, java_script_enabled=False); constat.avec_axe=False; q.aller("/accueil/")
    try: print("js", q.page.evaluate("typeof htmx + document.documentElement.getAttribute('data-fr-js')"))
    except Exception as e: print(e)

"""How the account pages say a browser."""

from django import template

register = template.Library()

# The first that is found: each of these also claims to be the ones after it.
NAVIGATEURS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def appareil(agent: str) -> str:
    """« Firefox sur Windows », from what the browser says of itself."""
    navigateur = next((nom for signe, nom in NAVIGATEURS if signe in agent), "Navigateur inconnu")
    machine = next((nom for signe, nom in MACHINES if signe in agent), "")
    return f"{navigateur} sur {machine}" if machine else navigateur

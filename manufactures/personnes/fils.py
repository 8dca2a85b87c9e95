"""Threads of the journal that concern accounts."""

FIL_DES_REFUS = "securite/connexions"
FIL_DES_ACCES = "securite/acces"


def fil_du_compte(user) -> str:
    """The thread of what happens to an account."""
    return f"compte/{user.pk}"

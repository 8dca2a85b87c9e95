"""Workbooks and tables of text, both ways: CSV, XLSX, ODS, without any value ever going through a float.

The libraries looked at were left aside: openpyxl gives amounts as floats, odfpy has had no version since 2020. What is
needed of the two formats holds in these two modules; XML is read by lxml, which the acts already need.
"""

from manufactures.classeurs.ecrire import FORMATS, reponse
from manufactures.classeurs.lire import ClasseurRefuse, lire

__all__ = ["FORMATS", "ClasseurRefuse", "lire", "reponse"]

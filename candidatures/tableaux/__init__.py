"""The tables of a dossier from and to a spreadsheet: columns, model file, reading with a word for each wrong cell."""

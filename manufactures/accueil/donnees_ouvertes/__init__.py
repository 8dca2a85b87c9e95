"""Open data: the laureates and the subsidies, each file with its dictionary, its licence and its date.

Only what is published leaves by here: nothing before its instant, no natural person, nobody's address or telephone.
"""

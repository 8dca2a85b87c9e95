"""Steering: will the calendar and the envelopes hold, and where does it stick.

Every figure is computed by the database on the very rows that its reader may list, and leads to that list.
"""

#!/usr/bin/env python
"""Django's command line for this project; `./scripts/manage` runs it inside the environment."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manufactures.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as cause:
        sys.exit(str(cause))  # one sentence, naming the variable

"""What stands behind the commands of scripts/: installation, embedded services, supervisor, checks."""

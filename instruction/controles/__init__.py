"""What the machine looks at before an agent does: one module a family of checks, hints with their source."""

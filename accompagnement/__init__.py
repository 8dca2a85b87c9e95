"""Stage 4: incubation, conventions and payments, two years of support by experts."""

"""ProConnect: the State's OpenID Connect for professionals, as a provider of allauth."""

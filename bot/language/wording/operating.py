"""What an administrator is told of Overlap's own registration at a calendar service."""

SERVICES = {"google": "Google", "microsoft": "Microsoft"}


def refused(provider: str, accounts: int) -> str:
    """The service takes us for nobody."""
    service, name = SERVICES.get(provider, provider), provider.upper()
    touched = f"{_counted(accounts)} cannot be read, and nobody" if accounts else "Nobody"
    return (
        f"{service} refuses Overlap’s own registration. {touched} can sign in there. Its client secret may have"
        f" expired: whoever runs Overlap makes a new one, sets OVERLAP_{name}_CLIENT_SECRET (and checks"
        f" OVERLAP_{name}_CLIENT_ID), and starts Overlap again. Nobody has to sign in anew for it."
    )


def testing(provider: str, accounts: int) -> str:
    """Its publishing status makes every permission end."""
    service = SERVICES.get(provider, provider)
    whose = "its owner signs" if accounts == 1 else "their owners sign"
    return (
        f"{service} ends every permission seven days after it was given, because Overlap’s registration there has the"
        f" publishing status “Testing” ({_counted(accounts)}). Whoever runs Overlap publishes it in the Google Auth"
        f" Platform under Audience, or makes it Internal; after that {whose} in once more, for good."
    )


def _counted(accounts: int) -> str:
    return "1 account here" if accounts == 1 else f"{accounts} accounts here"

"""What holds for every test."""

from hypothesis import settings

# No test asserts a duration: two busy cores would make liars of all deadlines.
settings.register_profile("overlap", deadline=None)
settings.load_profile("overlap")

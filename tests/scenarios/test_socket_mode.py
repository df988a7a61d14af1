"""A server that nothing outside can reach: Slack by Socket Mode, and the whole bot behind it."""

from bot.playground.stage import stage
from bot.playground.tour.play import has


def test_everything_goes_both_ways_over_a_line_of_our_own() -> None:
    with stage(by_socket=True) as standing:
        assert standing.slack.socket is not None
        assert standing.slack.socket.wait(), "the bot opened no line"
        assert standing.slack.slash("ana", "/meet help").is_good
        help_card = standing.slack.wait("ana", has("/meet"))
        assert help_card.is_ephemeral
        assert standing.slack.open_home("kim").is_good
        assert standing.slack.wait("kim", has("Connect")).buttons
        assert not standing.slack.refusals

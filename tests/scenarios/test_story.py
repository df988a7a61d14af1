"""The story that the tour tells, chapter by chapter, each on the same stage."""

import pytest

from bot.playground.tour.play import Play
from bot.playground.tour.story import CHAPTERS, Chapter

pytestmark = pytest.mark.xdist_group("stage")


@pytest.mark.parametrize("chapter", CHAPTERS[1:], ids=lambda chapter: chapter.title)
def test_the_story_holds(chapter: Chapter, play: Play) -> None:
    chapter.play(play)
    assert not play.stage.slack.refusals

"""Questions on how to play: the published advice first; who needs more says what, and gets a ticket."""

from __future__ import annotations

from actions.declared import DeclaredFix
from actions.fix import Case


class Advice(DeclaredFix):
    """The advice is the declared remedy; what is asked afterwards is declared, too."""

    gives_up = "utter_advice_ticket"

    async def greet(self, case: Case) -> None:
        """The advice itself comes first."""
        return


class ActionQuest(Advice):
    """Quests, stages, dungeons."""

    intent = "content_quest"


class ActionCharacter(Advice):
    """Characters, gear, teams."""

    intent = "content_character"


class ActionGacha(Advice):
    """Draw rates and pity; a doubt about results is checked draw by draw."""

    intent = "content_gacha"
    gives_up = "utter_content_gacha_ticket"

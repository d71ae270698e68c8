"""How a refund is carried out: durable steps, and what follows on the game's word about each.

    reserved ──take back──▶ taken ──refund payment──▶ paid ──confirm──▶ executed
        └──────── no ─────────┴────────▶ undoing ──give back──▶ refused
    reserved ──move──▶ moved ──confirm──▶ executed          (the goods go to another role instead)
        └── no ──▶ refused
    awaiting ──approved──▶ reserved
        └── rejected ──▶ rejected

A step whose outcome is not known is taken again, with the same key. A no to the first step leads through
`undoing` as well: the same step, sent before and late to arrive, must find that it was called off.
"""

from __future__ import annotations

from enum import StrEnum


class Remedy(StrEnum):
    """What the player gets."""

    REFUND = "refund"
    MOVE = "move"


class RefundState(StrEnum):
    """How far a refund is."""

    AWAITING = "awaiting"  # people have to approve
    RESERVED = "reserved"  # the order is taken by this refund, nothing has happened in the game
    TAKEN = "taken"  # the currency is taken back
    PAID = "paid"  # the payment is refunded, as the game says
    MOVED = "moved"  # the goods are moved, as the game says
    UNDOING = "undoing"  # something was refused; what was done is undone
    EXECUTED = "executed"
    REFUSED = "refused"  # by the game; nothing has changed
    REJECTED = "rejected"  # by people; nothing has changed


class Step(StrEnum):
    """What the game is asked for."""

    TAKE_BACK = "take_back"
    REFUND_PAYMENT = "refund_payment"
    MOVE = "move"
    CONFIRM = "confirm"
    GIVE_BACK = "give_back"


class Word(StrEnum):
    """What the game said to a step. Silence is no word: the step is taken again."""

    DONE = "done"
    NO = "no"
    ALREADY_PAID = "already_paid"  # no to giving back: the payment is refunded


ACTIVE = frozenset(
    {RefundState.RESERVED, RefundState.TAKEN, RefundState.PAID, RefundState.MOVED, RefundState.UNDOING}
)
"""States in which the game has to be asked."""

FINAL = frozenset({RefundState.EXECUTED, RefundState.REFUSED, RefundState.REJECTED})

UNDER_WAY = ACTIVE | {RefundState.AWAITING}

_STEPS = {
    (Remedy.REFUND, RefundState.RESERVED): Step.TAKE_BACK,
    (Remedy.REFUND, RefundState.TAKEN): Step.REFUND_PAYMENT,
    (Remedy.REFUND, RefundState.PAID): Step.CONFIRM,
    (Remedy.REFUND, RefundState.UNDOING): Step.GIVE_BACK,
    (Remedy.MOVE, RefundState.RESERVED): Step.MOVE,
    (Remedy.MOVE, RefundState.MOVED): Step.CONFIRM,
}

_AFTER = {
    (Step.TAKE_BACK, Word.DONE): RefundState.TAKEN,
    (Step.TAKE_BACK, Word.NO): RefundState.UNDOING,
    (Step.REFUND_PAYMENT, Word.DONE): RefundState.PAID,
    (Step.REFUND_PAYMENT, Word.NO): RefundState.UNDOING,
    (Step.GIVE_BACK, Word.DONE): RefundState.REFUSED,
    (Step.GIVE_BACK, Word.ALREADY_PAID): RefundState.PAID,
    (Step.MOVE, Word.DONE): RefundState.MOVED,
    (Step.MOVE, Word.NO): RefundState.REFUSED,
    (Step.CONFIRM, Word.DONE): RefundState.EXECUTED,
}


def next_step(remedy: Remedy, state: RefundState) -> Step | None:
    """What the game is asked for next; None where it is for others to act, or for nobody."""
    return _STEPS.get((remedy, state))


def after(step: Step, word: Word) -> RefundState | None:
    """The state that follows; None where the word makes no sense: people have to look, and it is asked
    again."""
    return _AFTER.get((step, word))


def key_of(remedy: Remedy, game: str, order_no: str, attempt: int) -> str:
    """The idempotency key of all steps of one attempt. A refund that was refused may be tried again by
    people: that is another attempt, and the one before was called off for good."""
    return f"{remedy.value}:{game}:{order_no}:{attempt}"

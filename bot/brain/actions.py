"""Custom actions inside the brain's process: what Rasa posts to an action server goes straight to the SDK."""

from __future__ import annotations

import importlib
import json
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.actions.constants import SELECTIVE_DOMAIN
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

RASA_CHECK = RemoteAction._validate_action_result
"""Rasa's own check of what an action returned (for comparison)."""


def _trust(action: RemoteAction, result: dict[str, Any]) -> bool:
    """The SDK makes the result in this process. Rasa's check of it against a JSON schema, and of the schema,
    takes 60 ms; an event that makes no sense still fails when Rasa reads it."""
    return True


# Rasa makes RemoteActions in several places (rules, forms, slot mappings), so there is no other way in.
RemoteAction._validate_action_result = _trust


class InProcessActions(EndpointConfig):
    """Stands where Rasa expects the URL of an action server, and answers like rasa_sdk.endpoint.

    The domain goes along with each call, as an action server gets it, but is made once per model instead of
    once per call; actions must not change it.
    """

    def __init__(self, executor: ActionExecutor) -> None:
        super().__init__("in-process", **{SELECTIVE_DOMAIN: True})
        self._executor = executor
        self._domain: dict[str, Any] = {}

    def bound_to(self, domain: Domain) -> InProcessActions:
        """The same actions for another model's domain."""
        bound = InProcessActions(self._executor)
        bound._domain = domain.as_dict()
        return bound

    @property
    def names(self) -> frozenset[str]:
        """The actions there are."""
        return frozenset(self._executor.actions)

    async def request(
        self, method: str = "post", subpath: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Run the action named in `json`. Raises what the action raises; a rejection in the way in which Rasa
        expects it from a server."""
        call = {"domain": self._domain, **kwargs["json"]}
        try:
            result: dict[str, Any] = await self._executor.run(call)
        except ActionExecutionRejection as rejection:
            body = json.dumps({"action_name": rejection.action_name, "error": rejection.message})
            raise ClientResponseError(400, rejection.message, body) from rejection
        return result


class PackageExecutor(ActionExecutor):
    """Knows the actions of one package; the SDK's own takes every subclass of Action in the process."""

    def __init__(self, package: str) -> None:
        super().__init__()
        self._package = package
        self.register_package(package)

    def register_action(self, action: Any) -> None:
        """Take `action` if it belongs to the package."""
        if f"{action.__module__}.".startswith(f"{self._package}."):
            super().register_action(action)


def load_actions(package: str) -> InProcessActions:
    """The actions of `package`. Raises ImportError (the SDK by itself would end the process)."""
    importlib.import_module(package)
    return InProcessActions(PackageExecutor(package))

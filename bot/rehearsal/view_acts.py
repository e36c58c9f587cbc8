"""What a person does in a modal or a Home tab."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import answers, payloads, views
from bot.rehearsal.choices import chosen, problems_of
from bot.rehearsal.delivery import Outcome
from bot.rehearsal.hands import Hands, element_in, result_of
from bot.rehearsal.refusals import Refusal, RehearsalError
from bot.rehearsal.things import Json, View


class ViewActs(Hands):
    """Choosing, submitting, closing."""

    async def open_view(self) -> Json | None:
        """Return the modal this person is looking at."""
        view = views.top_of(self._stage.ws, self.user_id)
        return views.page_shape(self._stage.ws, view) if view else None

    async def clicks_in_view(
        self,
        view_id: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
        selected: Any = None,
    ) -> Json:
        """Press or choose in an open modal or Home tab. An input tells the app only if it has `dispatch_action`."""
        view = self._view(view_id)
        block, element = element_in(view.body["blocks"], action_id, block_id, value)
        action = self._act_on(block, element, selected, view.values)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return result_of(Outcome(ok=True))
        payload = payloads.view_actions(self._stage, self._person, view, action)
        return result_of(await self._stage.delivery.ask("interactive", payload))

    async def submits(self, view_id: str, values: dict[str, dict[str, Any]] | None = None) -> Json:
        """Fill in (block_id -> action_id -> choice) and submit a modal.

        What Slack itself refuses, such as an empty required field, never reaches the app.
        """
        view = self._view(view_id)
        if view is not views.top_of(self._stage.ws, self.user_id) or "submit" not in view.body:
            raise RehearsalError(f"view {view_id} cannot be submitted now")
        for block_id, actions in (values or {}).items():
            for action_id, choice in actions.items():
                block, element = element_in(view.body["blocks"], action_id, block_id, None)
                view.values.setdefault(block["block_id"], {})[action_id] = chosen(self._stage.ws, element, choice)
        view.errors = problems_of(view)
        if view.errors:
            self._stage.ws.tell("view", view=view, user=self.user_id)
            return result_of(Outcome(ok=False, error="invalid_input", says="a field needs attention"), view.errors)
        payload = payloads.view_submission(self._stage, self._person, view)
        outcome = await self._stage.delivery.ask("interactive", payload)
        return self._submitted(view, outcome)

    def _submitted(self, view: View, outcome: Outcome) -> Json:
        errors: dict[str, str] = {}
        if outcome.ok:
            try:
                errors = answers.after_submission(self._stage, view, outcome.body)
            except Refusal as refusal:
                says = f"the app's answer was not taken: {refusal}"
                outcome = Outcome(ok=False, status=outcome.status, error="dispatch_failed", says=says)
        if not outcome.ok and view.id in self._stage.ws.views:
            view.errors = {"": "We had some trouble connecting. Try again?"}
            self._stage.ws.tell("view", view=view, user=self.user_id)
        return result_of(outcome, errors)

    async def dismisses(self, view_id: str) -> Json:
        """Close a modal without submitting it."""
        view = self._view(view_id)
        cleared = bool(view.body.get("clear_on_close"))
        closed = views.close(self._stage.ws, view, whole_stack=cleared)
        outcome = Outcome(ok=True)
        for gone in closed:
            if gone.body.get("notify_on_close"):
                payload = payloads.view_closed(self._stage, self._person, gone, is_cleared=cleared)
                outcome = await self._stage.delivery.ask("interactive", payload)
        return result_of(outcome)

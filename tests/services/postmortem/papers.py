"""Documents for the tests of their forms: a draft of Universe's outage with sections that people wrote over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.domain.postmortem import Part, draft
from bot.domain.postmortem.written import Document, Signature, Written
from tests.domain.postmortem_cases import universe

CAUSES = """# What came together

The webhooks ran **unindexed** queries [E37](#e37), see `db.charges` and [E999](#e999).

| what | how much |
| --- | --- |
| queries | 2300 |

```js
db.charges.createIndex({a: 1})
```
"""


def written(part: Part, text: str) -> Written:
    """A section that Ben wrote over."""
    return Written(part=part, revision=2, text=text, by="U2", at=datetime(2019, 3, 14, tzinfo=UTC), base=1)


def document(*sections: tuple[Part, str], **changes: Any) -> Document:
    """The third draft, with these sections written over, signed by Ada, and by Chloë before the text changed."""
    over = {part: written(part, text) for part, text in sections or ((Part.CAUSES, CAUSES),)}
    signed = (
        Signature(by="U1", at=datetime(2019, 3, 15, tzinfo=UTC)),
        Signature(by="U3", at=datetime(2019, 3, 14, tzinfo=UTC), changed=True),
    )
    return Document(draft=draft(universe(**changes)), version=3, written=over, signed=signed)

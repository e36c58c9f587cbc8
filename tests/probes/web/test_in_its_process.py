"""Looks in their own process, with the little memory it has: what works here works there."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest

from bot.domain.finding import Verdict
from bot.domain.inventory import System, SystemKind
from bot.probes import catalog, looking
from bot.probes.pins import Pins
from tests.patience import PATIENCE_S
from tests.probes.web import conftest as servers

WIDE = b'{"status": {"indicator": "none"}, "components": [' + b"{}," * 300_000 + b"{}]}"


def look(kind: SystemKind, **options) -> looking.Result:
    system = System(name="it", kind=kind, user="public", options=options)
    request = looking.Request(
        system=system,
        probes=catalog.choose(kind),
        at=datetime.now(UTC),
        pins=Pins({"127.0.0.1": ("127.0.0.1",)}),
        password="private",
    )
    return asyncio.run(looking.look(request))


def verdicts(result: looking.Result) -> dict[str, Verdict]:
    return {finding.signal: finding.verdict for finding in result.findings}


def test_an_endpoint_is_seen(served):
    served.page("/", b"hello")
    found = look(SystemKind.HTTP, url=served.url())
    assert verdicts(found) == {"endpoint-down": Verdict.OK, "endpoint-slow": Verdict.OK}
    assert found.evidence[f"127.0.0.1:{served.port}"]["get"]["value"]["status"] == 200


@pytest.mark.parametrize("treat", [servers.headers_without_end, servers.body_without_end, servers.silence])
def test_a_server_that_never_ends_is_down_and_the_look_is_not(hostile, treat):
    port = hostile(treat)
    began = time.monotonic()
    found = look(SystemKind.HTTP, url=f"http://127.0.0.1:{port}/")
    assert verdicts(found)["endpoint-down"] is Verdict.CRITICAL
    assert time.monotonic() - began < looking.LOOK_S + looking.START_S + PATIENCE_S


def test_a_megabyte_of_values_is_read_within_the_memory(served):
    served.page("/s.json", WIDE)
    assert verdicts(look(SystemKind.STATUS_PAGE, url=served.url("/s.json"))) == {"vendor-incident": Verdict.OK}


def test_a_megabyte_of_depth_is_refused(served):
    served.page("/s.json", b"[" * 999_999)
    found = look(SystemKind.STATUS_PAGE, url=served.url("/s.json"))
    assert "no JSON that can be read" in found.findings[0].says


def test_a_redirect_to_an_address_that_is_not_pinned_leads_nowhere(served):
    served.page("/", status=302, Location="http://169.254.169.254/latest/meta-data/")
    found = look(SystemKind.HTTP, url=served.url())
    assert verdicts(found)["endpoint-down"] is Verdict.WARNING
    assert "169.254.169.254" in found.findings[0].says


def test_the_key_of_atlas_is_kept_nowhere(served):
    served.secret = ("public", "private")
    served.page("/api/atlas/v2/groups/5f1a/clusters/c", b'{"stateName": "UPDATING", "backupEnabled": false}')
    found = look(SystemKind.ATLAS, api_url=served.url(""), project="5f1a", cluster="c")
    assert verdicts(found)["cluster-changing"] is Verdict.WARNING
    assert verdicts(found)["no-snapshots"] is Verdict.CRITICAL
    assert found.kept["atlas.state"]["state"] == "UPDATING"
    assert "private" not in str(found)


def test_an_authority_of_ones_own_is_trusted_from_its_file_and_from_nowhere_else(certified, tmp_path):
    url = certified(90).url(scheme="https")
    without = verdicts(look(SystemKind.HTTP, url=url))
    assert (without["endpoint-down"], without["certificate-expiring"]) == (Verdict.CRITICAL, Verdict.CRITICAL)
    found = look(SystemKind.HTTP, url=url, ca_file=str(tmp_path / "certificate.pem"))
    assert verdicts(found)["certificate-expiring"] is Verdict.OK
    found = look(SystemKind.HTTP, url=url, ca_file=str(tmp_path / "none.pem"))
    assert set(verdicts(found).values()) == {Verdict.UNKNOWN}
    assert "ca_file: No such file" in found.findings[0].says

"""Each page shows what the ledger, the reports and the journals hold, to those who may see it, and nothing of it as markup."""

from __future__ import annotations

import html
import re

import pytest

from tests.flows.harness import MAPPING
from tests.flows.installation import CUSTOMERS, ORDERS, PRODUCTS
from tests.ui.conftest import Server
from tests.ui.scene import DAG, HOSTILE, HOSTILE_DAG, LAST_PHONE, LEFT_PHONE, RIGHT_PHONE

pytestmark = pytest.mark.airflow

PAGES = ("", f"{DAG}/", f"{DAG}/runs", f"{DAG}/links", f"{DAG}/record", f"{DAG}/parked", f"{DAG}/plan", f"{DAG}/ledger")


def text(page: str) -> str:
    """What a reader sees of a page's content, on one line."""
    main = page.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


@pytest.mark.parametrize("path", PAGES)
def test_anonymous_gets_401_and_nothing_of_a_page(server: Server, path: str) -> None:
    answer = server.get(path, user=None)
    assert answer.status_code == 401
    assert server.scene.conflict not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_whoever_may_read_the_dag_reads_every_page(server: Server, path: str) -> None:
    answer = server.get(path, user="viewer")
    assert answer.status_code == 200
    assert 'method="post"' not in answer.text
    assert 'name="token"' not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_overview_counts_links_parked_and_conflicts_and_draws_the_runs(server: Server) -> None:
    page = server.page(f"{DAG}/")
    rows = [text(f"<main>{row}") for row in page.split("<tr>")[2:]]
    customers = next(row for row in rows if CUSTOMERS in row)
    assert f"{CUSTOMERS} {len(server.scene.links)} dry run" in customers
    assert re.search(r"min|\d s", customers), "its lag"
    assert page.count('class="bar success"') >= 3
    assert page.count('class="bar braked"') == 1
    assert page.count('class="bar dry_run"') == 1
    assert "reason=conflict" in page
    assert "34 lines" in text(page)


@pytest.mark.parametrize("dataflow", sorted(path.stem for path in MAPPING.parent.glob("*.yaml")))
def test_no_two_flows_of_a_dataflow_have_the_same_tab(server: Server, dataflow: str) -> None:
    tabs = server.page(f"{dataflow}/links").partition('class="flows"')[2].partition("<ul>")[2].partition("</ul>")[0].split("</li>")[:-1]
    told = [text(f"<main>{tab}") for tab in tabs]
    assert len(told) == len(set(told)) >= 2


def test_a_dag_that_is_no_dataflow_has_a_tab_that_says_so(server: Server) -> None:
    assert "no dataflow of Lenke" in server.page("link_ledger/")
    assert server.get("link_ledger/links").status_code == 404
    assert server.get(f"{DAG}/links", flow="nothing").status_code == 404


@pytest.mark.parametrize("part", [slice(None), slice(0, -1)], ids=["whole", "begins with"])
@pytest.mark.parametrize("side", [0, 1], ids=["left", "right"])
def test_links_are_found_by_either_id(server: Server, side: int, part: slice) -> None:
    pair = sorted(server.scene.links.items())[0]
    found = text(server.page(f"{DAG}/links", flow=CUSTOMERS, q=pair[side][part]))
    assert f"{pair[0]} {pair[1]} linked" in found


def test_links_are_listed_in_pages_without_a_search(server: Server) -> None:
    found = text(server.page(f"{DAG}/links", flow=PRODUCTS))
    assert found.count(" linked") == 28
    assert "No id begins" in server.page(f"{DAG}/links", flow=PRODUCTS, q="999999")


def test_lines_of_an_order_are_found_and_lead_to_it(server: Server) -> None:
    page = server.page(f"{DAG}/links", flow=ORDERS)
    order = re.search(r"record\?flow=order_to_salesorders&amp;left=(\d+)", page)
    assert order is not None
    assert "Lines" in text(server.page(f"{DAG}/record", flow=ORDERS, left=order[1]))


def test_history_names_run_property_and_who_won(server: Server) -> None:
    changed = sorted(server.scene.links)[2]
    told = text(server.page(f"{DAG}/record", left=changed))
    assert "run-2 updated poweroffice_go: written phone" in told
    assert "run-1 created poweroffice_go: written with all that it holds" in told
    undecided = text(server.page(f"{DAG}/record", left=server.scene.conflict))
    assert "conflict phone : undecided" in undecided


def test_a_record_is_found_by_its_right_id_too(server: Server) -> None:
    left, right = sorted(server.scene.links.items())[1]
    assert f"custom_webshop Customer {left} poweroffice_go Customers {right}" in text(server.page(f"{DAG}/record", right=right))


def test_both_values_of_a_conflict_are_shown_to_those_who_may_edit_the_dag_only(server: Server) -> None:
    for path in (f"{DAG}/parked", f"{DAG}/record"):
        editor = server.page(path, left=server.scene.conflict)
        assert LEFT_PHONE in editor
        assert RIGHT_PHONE in editor
        reader = server.page(path, user="viewer", left=server.scene.conflict)
        assert LEFT_PHONE not in reader
        assert RIGHT_PHONE not in reader
        assert server.scene.conflict in reader
    assert "Both sides hold different values" in text(server.page(f"{DAG}/parked"))


def test_enter_in_the_field_of_relink_relinks(server: Server) -> None:
    """What Enter in a form's field presses is the form's first button."""
    form = server.page(f"{HOSTILE_DAG}/parked").partition('class="list"')[2]
    buttons = re.findall(r"<button[^>]*>", form)
    assert "/relink?" in buttons[0]
    assert "/release?" in buttons[1]


def test_the_plan_of_a_dry_run_names_each_property_and_shows_values_to_editors(server: Server) -> None:
    editor = server.page(f"{DAG}/plan")
    assert f"Plan {server.scene.plan}" in text(editor)
    assert "1 updated in poweroffice_go" in text(editor)
    assert f"{server.scene.planned} update {server.scene.links[server.scene.planned]} poweroffice_go phone {LEFT_PHONE}" in text(editor)
    assert "Approve this plan" in editor
    reader = server.page(f"{DAG}/plan", user="viewer")
    assert "phone" in text(reader)
    assert LEFT_PHONE not in reader
    assert "Approve this plan" not in reader


def test_a_plan_is_searched_by_record_and_earlier_runs_plans_can_be_read(server: Server) -> None:
    assert "no record with this id" in server.page(f"{DAG}/plan", record="1")
    assert server.scene.planned in text(server.page(f"{DAG}/plan", record=server.scene.links[server.scene.planned]))
    earlier = server.page(f"{DAG}/plan", run="run-2")
    assert LAST_PHONE in earlier
    assert "Approve this plan" not in earlier


def test_a_braked_plan_says_why_and_escapes_what_it_would_write(server: Server) -> None:
    page = server.page(f"{DAG}/plan", flow=PRODUCTS)
    assert "brake max_changes" in text(page)
    assert "Kaffekopp &lt;i&gt;stor&lt;/i&gt;" in page


def test_ledger_is_sound_and_says_how_old_its_backup_is(server: Server) -> None:
    told = text(server.page(f"{DAG}/ledger"))
    assert told.count(" sound ") == 3
    assert "lenke ledger restore custom_webshop_to_poweroffice_go" in told


@pytest.mark.parametrize("path", ["", "links", "parked", "runs"])
def test_hostile_ids_and_texts_are_shown_as_text(server: Server, path: str) -> None:
    page = server.page(f"{HOSTILE_DAG}/{path}")
    assert "<script>alert" not in page
    assert "<b>" not in page
    if path != "":
        assert HOSTILE in html.unescape(page)


def test_a_run_tells_why_its_tasks_were_tried_again_before_and_after_it_has_a_report(server: Server) -> None:
    runs = html.unescape(text(server.page(f"{HOSTILE_DAG}/runs")))
    assert f"load of chunk 2 Try 1 failed, the next one starts in 12 s: 429 {HOSTILE}" in runs
    assert f"No report yet: r2 {runs.partition('r2 ')[2][:19]} load of chunk 2 Try 1 failed, the next one starts in 60 s: 429" in runs
    assert runs.count("No report yet") == 1
    assert "1 failed try" in text(server.page(f"{HOSTILE_DAG}/"))


def test_a_hostile_record_is_reached_by_its_link_and_shown_as_text(server: Server) -> None:
    link = re.search(r'href="/lenke/([^"]*record[^"]*left=%3Cscript[^"]*)"', server.page(f"{HOSTILE_DAG}/links"))
    assert link is not None
    page = server.page(html.unescape(link[1]))
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert f"custom_webshop Customer {HOSTILE}" in html.unescape(text(page))
    assert "left won" in text(page)


def test_static_files_are_served_to_anybody_and_hold_no_data(server: Server) -> None:
    for name in ("lenke.css", "lenke.js", "theme.js"):
        assert server.get(f"static/{name}", user=None).status_code == 200
    assert server.get("static/%2e%2e/application.py").status_code == 404


def test_nothing_that_a_record_holds_is_in_the_servers_log(server: Server) -> None:
    log = server.log.read_text(errors="replace")
    assert "/lenke/" in log
    for value in (LEFT_PHONE, RIGHT_PHONE, LAST_PHONE):
        assert value not in log

"""A person's way through the Lenke page, in Chromium on a real Airflow: dry run, plan, approval, links, a conflict and its end, a
backfill of three days, and a task that is tried again.

The tests build on each other in their order. ``LENKE_SHOTS=1`` makes the pictures of docs/images.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.airflow import small
from tests.airflow.installation import DAG, Installation, installed
from tests.airflow.ledger_rows import Ledger
from tests.airflow.small import OFFICE, SHOP
from tests.airflow.world import WRITES, World, world
from tests.ui.person import CUSTOMERS, begun, form, last_runs, links, log_in, open_page, pick, shot, tab, trigger, website

CHROMIUM = shutil.which("chromium")
FLAGS = [
    f"--{name}"
    for name in [
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    ]
]
MANUAL = "options: {region: country}, conflict: manual}"
LEFT, RIGHT = "+4722700101", "+4722700202"
# A page of Airflow may wait for its scheduler.
PATIENCE = 180_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH (Debian: apt install chromium)"),
]


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An Airflow whose conflicts of customers' phones wait for a person."""
    with installed(tmp_path_factory.mktemp("browser")) as found:
        mapping = found.places.mappings / f"{DAG}.yaml"
        text = mapping.read_text(encoding="utf-8")
        changed = re.sub(r"(property: phone, .*?)options: \{region: country\}\}", rf"\1{MANUAL}", text, count=1)
        assert changed != text
        mapping.write_text(changed, encoding="utf-8")
        yield found


@pytest.fixture(scope="module")
def life(airflow: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(airflow, tmp_path_factory.mktemp("world"), records=small.records(orders=4, customers=12)) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(chromium: Browser, airflow: Installation) -> Iterator[Page]:
    """A person who has logged in by Airflow's own form; what the console says of an error fails the test that caused it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    log_in(page, airflow)
    yield page
    context.close()


def test_a_dry_run_is_triggered_by_airflows_form_and_its_plan_is_read(page: Page, life: World) -> None:
    trigger(page, life, dry_run=True)
    assert life.writes() == 0
    frame = tab(page, life.airflow)
    open_page(frame, "Plan")
    expect(frame.get_by_text("12 created in poweroffice_go")).to_be_visible()
    expect(frame.get_by_role("row").filter(has_text="create").first).to_be_visible()
    shot(page, "plan")


def test_the_plan_is_approved_by_one_button_with_the_keyboard(page: Page, life: World) -> None:
    frame = tab(page, life.airflow)
    open_page(frame, "Plan")
    frame.get_by_role("button", name="Approve this plan").focus()
    page.keyboard.press("Enter")
    expect(frame.get_by_role("heading", name="Decided")).to_be_visible()
    expect(frame.get_by_text("is approved; the next run carries it out")).to_be_visible()
    frame.get_by_role("link", name="the plan").click()
    expect(frame.get_by_text("This plan is approved")).to_be_visible()


def test_a_run_writes_and_its_links_are_found_by_either_id(page: Page, life: World) -> None:
    trigger(page, life, dry_run=False)
    left, right = sorted(links(life).items())[0]
    frame = tab(page, life.airflow)
    expect(frame.get_by_role("row").filter(has_text=CUSTOMERS)).to_contain_text("12")
    open_page(frame, "Links")
    for id in (left, right):
        frame.locator("body").press("/")
        page.keyboard.type(id)
        page.keyboard.press("Enter")
        expect(frame.get_by_role("row").filter(has_text=left)).to_contain_text(right)
        expect(frame.get_by_role("searchbox")).to_have_value(id)
    frame.get_by_role("link", name=left).click()
    expect(frame.get_by_role("listitem").filter(has_text="created")).to_contain_text("with all that it holds")


def test_a_conflict_shows_both_values_and_is_decided(page: Page, life: World) -> None:
    left, right = sorted(links(life).items())[0]
    life.systems.edit(SHOP, "Customer", left, {"phone": LEFT})
    life.systems.edit(OFFICE, "Customers", right, {"PhoneNumber": RIGHT})
    trigger(page, life, dry_run=False)
    frame = tab(page, life.airflow)
    expect(frame.get_by_role("row").filter(has_text=CUSTOMERS).get_by_role("link", name="1").first).to_be_visible()
    shot(page, "overview")
    open_page(frame, "Parked and conflicts")
    expect(frame.get_by_text(LEFT)).to_be_visible()
    expect(frame.get_by_text(RIGHT)).to_be_visible()
    shot(page, "conflict")
    frame.get_by_role("checkbox", name=f"Choose left {left}").check()
    expect(frame.get_by_text("1 chosen")).to_be_visible()
    frame.get_by_role("group").get_by_role("button", name="Choose right").click()
    expect(frame.get_by_text("writes the right value of phone to the left side")).to_be_visible()
    trigger(page, life, dry_run=False)
    customer = life.systems.record(SHOP, "Customer", left)
    assert customer is not None
    assert customer["phone"].replace(" ", "") == RIGHT
    frame = tab(page, life.airflow)
    open_page(frame, "Parked and conflicts")
    expect(frame.get_by_text("Nothing waits here.")).to_be_visible()


def test_the_history_tells_of_the_conflict_and_of_who_won(page: Page, life: World) -> None:
    left = sorted(links(life))[0]
    frame = tab(page, life.airflow)
    open_page(frame, "Links")
    frame.get_by_role("link", name=left).click()
    expect(frame.get_by_text("right won")).to_be_visible()
    expect(frame.get_by_role("listitem").filter(has_text="updated").first).to_contain_text("phone")
    shot(page, "record")


def test_a_backfill_of_three_days_brings_what_no_run_has_seen(page: Page, life: World) -> None:
    """The shop's date of an edit was set back by hand, so that a run since the cursor does not see it."""
    left, right = sorted(links(life).items())[1]
    life.systems.edit(SHOP, "Customer", left, {"website": "https://glemt.example.no"})
    store, day = life.systems._sites[SHOP].system.store, datetime(2026, 3, 10, tzinfo=UTC)
    with store.transaction():
        body = store.get("Customer", left)
        assert body is not None
        store.put("Customer", left, body | {"updated_at": "2026-03-10T09:00:00Z"}, modified=day)
    trigger(page, life, dry_run=False)
    assert website(life, right) != "https://glemt.example.no"
    cursor, writes = Ledger(life.airflow, CUSTOMERS).manifest().cursor, life.writes()
    dialog = form(page, life)
    dialog.get_by_text("Backfill", exact=True).click()
    pick(dialog, page, 0, day - timedelta(days=1), "00:00")
    pick(dialog, page, 1, day + timedelta(days=1), "23:00")
    shot(page, "backfill")
    runs = begun(life, dialog.get_by_role("button", name="Run Backfill"), runs=3)
    done = [life.wait(run) for run in runs]
    assert [run.state for run in done] == ["success"] * 3
    assert website(life, right) == "https://glemt.example.no"
    assert life.writes() - writes == sum(run.sum(*WRITES) for run in done) == 1
    assert Ledger(life.airflow, CUSTOMERS).manifest().cursor == cursor
    frame = tab(page, life.airflow)
    last_runs(frame)
    expect(frame.get_by_role("row").filter(has_text="backfill__")).to_have_count(3)


def test_a_429_is_tried_again_and_its_reason_is_read(page: Page, life: World) -> None:
    life.systems.fault(SHOP, "429", count=1, seconds=61, match={"method": "GET", "path": "/customers"})
    (run,) = begun(life, form(page, life).get_by_role("button", name="Trigger", exact=True))
    task, why = f"{CUSTOMERS}.extract", re.compile("next one starts in 61 s: ThrottledError: GET /customers: 429, too many requests")
    life.airflow.until(lambda: life.tasks(run)[task]["state"] == "up_for_retry", "the task that waits for its next try")
    frame = tab(page, life.airflow)
    frame.get_by_role("link", name="1 failed try").click()
    expect(frame.get_by_text("No report yet")).to_be_visible()
    expect(frame.get_by_text(why)).to_be_visible()
    shot(page, "retry")
    page.goto(f"{life.airflow.api._url}/dags/{DAG}/runs/{run}/tasks/{task}?try_number=1")
    expect(page.get_by_text(why).first).to_be_visible()
    assert life.wait(run).state == "success"
    frame = tab(page, life.airflow)
    last_runs(frame)
    expect(frame.get_by_role("row").filter(has_text=why)).to_have_count(1)
    expect(frame.get_by_text("No report yet")).to_have_count(0)


def test_dark_mode_follows_airflows(page: Page, life: World) -> None:
    frame = tab(page, life.airflow)
    light = frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.reload()
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    assert frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") != light
    shot(page, "dark")
    open_page(frame, "Ledger")
    expect(frame.get_by_text("sound").first).to_be_visible()
    page.evaluate("localStorage.setItem('theme', 'light')")


def test_the_navigation_has_an_entry_that_shows_all_dataflows(page: Page, life: World) -> None:
    page.goto(f"{life.airflow.api._url}/")
    page.get_by_role("button", name="Browse").click()
    page.get_by_role("menuitem", name="Lenke").click()
    frame = page.frame_locator("iframe[title=Lenke]")
    expect(frame.get_by_role("heading", name="Dataflows")).to_be_visible()
    expect(frame.get_by_role("heading", level=2)).to_have_count(5)


def test_another_sites_form_is_refused(page: Page, chromium: Browser, life: World) -> None:
    context = page.context.browser.new_context(storage_state=page.context.storage_state()) if page.context.browser else page.context
    evil = context.new_page()
    url = f"{life.airflow.api._url}/lenke/{DAG}/pause"
    trap = f"<form method=post action='{url}'><button>win</button></form>"
    evil.route("http://evil.example/", lambda route: route.fulfill(body=trap, content_type="text/html"))
    evil.goto("http://evil.example/")
    with evil.expect_response(url) as answer:
        evil.get_by_role("button").click()
    assert answer.value.status in (401, 403)
    context.close()

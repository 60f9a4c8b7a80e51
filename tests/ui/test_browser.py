"""A person's way through the Lenke page, in Chromium on a real Airflow: dry run, plan, approval, links, a conflict and its end.

The tests build on each other in their order. ``LENKE_SHOTS=1`` makes the pictures of docs/images.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

from lenke.local.places import REPOSITORY
from tests.airflow import small
from tests.airflow.installation import DAG, Installation, installed
from tests.airflow.ledger_rows import Ledger
from tests.airflow.small import OFFICE, SHOP
from tests.airflow.world import World, world

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
CUSTOMERS = "customer_to_customers"
MANUAL = "options: {region: country}, conflict: manual}"
LEFT, RIGHT = "+4722700101", "+4722700202"
# A page of Airflow may wait for its scheduler.
PATIENCE = 180_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.manual,
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


def log_in(page: Page, airflow: Installation) -> None:
    page.goto(f"{airflow.api._url}/")
    page.locator("input[name=username]").fill("admin")
    page.locator("input[name=password]").fill(airflow.api._password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/auth/login" not in url)


def tab(page: Page, airflow: Installation) -> FrameLocator:
    """The Lenke tab of the DAG, opened as a person does."""
    page.goto(f"{airflow.api._url}/dags/{DAG}")
    page.get_by_role("link", name="Lenke", exact=True).last.click()
    frame = page.frame_locator("iframe[title=Lenke]")
    expect(frame.get_by_role("heading", name="Overview")).to_be_visible()
    return frame


def trigger(page: Page, life: World, *, dry_run: bool) -> str:
    """Trigger the DAG by its form and wait for the run's end; its id."""
    before = {run["dag_run_id"] for run in life.runs()}
    page.goto(f"{life.airflow.api._url}/dags/{DAG}")
    page.get_by_role("button", name="Trigger").first.click()
    dialog = page.get_by_role("dialog")
    if dry_run:
        dialog.locator("label:has(input[name=element_dry_run])").click()
    dialog.get_by_role("button", name="Trigger", exact=True).click()
    new = life.airflow.until(lambda: {run["dag_run_id"] for run in life.runs()} - before, "the run that was triggered")
    return life.wait(new.pop()).run_id


def shot(page: Page, name: str) -> None:
    """A picture for docs/images, where they are asked for."""
    if os.environ.get("LENKE_SHOTS"):
        page.wait_for_load_state("networkidle")
        page.screenshot(path=Path(os.environ.get("LENKE_SHOTS_FOLDER", REPOSITORY / "docs" / "images")) / f"ui_{name}.png")


def links(life: World) -> dict[str, str]:
    return {link.left: link.right for link in Ledger(life.airflow, CUSTOMERS).links() if link.kind == "link"}


def open_page(frame: FrameLocator, name: str) -> None:
    """A page of the tab, by its entry."""
    frame.get_by_role("navigation", name="Dataflow").get_by_role("link", name=name).click()
    expect(frame.get_by_role("heading", name=name, level=1)).to_be_visible()


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
    open_page(frame, "Plan")
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

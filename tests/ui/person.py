"""What a person does in the browser: log in, fill Airflow's form, open a page of the tab, take a picture."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, expect

from lenke.local.places import REPOSITORY
from tests.airflow.installation import DAG, Installation
from tests.airflow.ledger_rows import Ledger
from tests.airflow.small import OFFICE
from tests.airflow.world import World

CUSTOMERS = "customer_to_customers"


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


def form(page: Page, life: World) -> Locator:
    """The form that starts runs of the DAG."""
    page.goto(f"{life.airflow.api._url}/dags/{DAG}")
    page.get_by_role("button", name="Trigger").first.click()
    return page.get_by_role("dialog")


def begun(life: World, start: Locator, *, runs: int = 1) -> list[str]:
    """Press the form's button; the ids of the runs that Airflow makes of it."""
    before = {run["dag_run_id"] for run in life.runs()}
    start.click()

    def new() -> list[str]:
        found = [run["dag_run_id"] for run in life.runs() if run["dag_run_id"] not in before]
        return found if len(found) >= runs else []

    return list(life.airflow.until(new, "the runs that were triggered"))


def trigger(page: Page, life: World, *, dry_run: bool) -> str:
    """Trigger the DAG by its form and wait for the run's end; its id."""
    dialog = form(page, life)
    if dry_run:
        dialog.locator("label:has(input[name=element_dry_run])").click()
    (run,) = begun(life, dialog.get_by_role("button", name="Trigger", exact=True))
    return life.wait(run).run_id


def pick(dialog: Locator, page: Page, at: int, day: datetime, time: str) -> None:
    """Put an instant into one of the form's date fields."""
    dialog.get_by_test_id("datetime-input").nth(at).click()
    popover = page.locator("[data-part=content][data-state=open]").filter(has=page.get_by_placeholder("YYYY/MM/DD"))
    popover.get_by_placeholder("YYYY/MM/DD").last.fill(day.strftime("%Y/%m/%d"))
    popover.get_by_placeholder("HH:mm").last.fill(time)
    dialog.get_by_text("Date Range").click()


def shot(page: Page, name: str) -> None:
    """A picture for docs/images, where they are asked for."""
    if os.environ.get("LENKE_SHOTS"):
        page.wait_for_load_state("networkidle")
        page.screenshot(path=Path(os.environ.get("LENKE_SHOTS_FOLDER", REPOSITORY / "docs" / "images")) / f"ui_{name}.png")


def links(life: World) -> dict[str, str]:
    return {link.left: link.right for link in Ledger(life.airflow, CUSTOMERS).links() if link.kind == "link"}


def website(life: World, right: str) -> str | None:
    customer = life.systems.record(OFFICE, "Customers", right)
    assert customer is not None
    return customer.get("WebsiteUrl")


def last_runs(frame: FrameLocator) -> None:
    """The customers' last runs, by their plot on the overview."""
    frame.get_by_role("row").filter(has_text=CUSTOMERS).get_by_role("img").click()
    expect(frame.get_by_role("heading", name="Last runs", level=1)).to_be_visible()


def open_page(frame: FrameLocator, name: str) -> None:
    """A page of the tab, by its entry."""
    frame.get_by_role("navigation", name="Dataflow").get_by_role("link", name=name).click()
    expect(frame.get_by_role("heading", name=name, level=1)).to_be_visible()

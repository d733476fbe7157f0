"""The real browsers of `benchmarks.classroom`: each opens a page of the sidebar every few seconds."""

import asyncio
import random
import time


async def browse(url: str, count: int, seconds: float, pause: float, took: list[float]) -> None:
    """So many browsers for so long; each click's seconds, until the page's title stands, are added to `took`."""
    if not count:
        return
    from playwright.async_api import Page, TimeoutError as Late, async_playwright

    async def one(page: Page, draw: random.Random) -> None:
        await page.goto(url, timeout=120_000, wait_until="commit")
        links = page.get_by_test_id("stSidebarNavLink")
        await links.first.wait_for(timeout=120_000)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            title = await page.locator("h1").first.inner_text()
            link = links.nth(draw.randrange(await links.count()))
            began = time.monotonic()
            await link.click()
            changed = "title => document.querySelector('h1') && document.querySelector('h1').innerText !== title"
            try:
                await page.wait_for_function(changed, arg=title, timeout=5000)
                took.append(time.monotonic() - began)
            except Late:
                continue  # the page that is open already
            await asyncio.sleep(max(0.0, pause - (time.monotonic() - began)))

    async with async_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        pages = [await (await chromium.new_context()).new_page() for _ in range(count)]
        await asyncio.gather(*(one(page, random.Random(number)) for number, page in enumerate(pages)))
        await chromium.close()

# SPDX-License-Identifier: Apache-2.0
"""Makes hits: what each kind of tag sends about a step of a visit, and what is true of it."""

from collections.abc import Mapping
from random import Random

from edgepixel.answers.view.traffic import class_of
from edgepixel.traffic.hit import UNKNOWN_DEVICE, Hints, Hit, Truth
from edgepixel.traffic.simulation.journeys import Step
from edgepixel.traffic.simulation.networks import ACCESS, pick_address, pick_place
from edgepixel.traffic.simulation.population import Visitor
from edgepixel.traffic.simulation.query_and_headers import (
    browser_headers,
    encode_component,
    encode_form,
    query_string,
    referer_of,
    robot_headers,
)
from edgepixel.traffic.simulation.robots import Robot
from edgepixel.traffic.simulation.site import Campaign, Page, Referrer

_DELEGATING_HOST = "shop.example"  # its pages let the pixel's host have the model
_SITES = {"blog.example": "blog", "shop.example": "shop"}
PERSON = "browser"  # the `traffic_reason` of a visitor about whom nothing is odd
TAGS = ("script", "image", "bare")  # pixel.js, a tag that the server fills in, a tag without parameters


def page_hit(
    random: Random,
    visitor: Visitor,
    step: Step,
    time_ms: int,
    tag: str,
    reason: str = PERSON,
    prefetch: tuple[str, str] | None = None,
) -> Hit:
    """A step on a page, as a browser sends it. Only a script knows the page's own referrer, title and address.

    Without the parameter `u`, the page is what the Referer header says.
    """
    # pixel.js is silent for those who ask for privacy, so they come from pages with the image.
    bare, scripted = tag == "bare", tag == "script" and not visitor.private
    referrer = step.referrer if scripted else None
    parameters: dict[str, str | None] = {}
    if not bare:
        parameters["e"] = None if step.event == "view" and not scripted else step.event
        parameters["s"] = step.site or _SITES[step.page.host]
        parameters |= {"i": step.item, "o": step.order_id, "v": step.value, "c": step.currency}
    if scripted:
        parameters |= {"u": step.page.url, "r": referrer.url if referrer else None, "t": step.page.title}
        parameters |= _campaign(step.campaign)
        parameters["n"] = f"{random.getrandbits(40):x}"
    referer_page = _referer_page(random, step.page)
    referer = referer_of(referer_page.url) if referer_page else None
    truth = _truth_of_visitor(
        visitor,
        time_ms,
        reason,
        parameters,
        page=parameters.get("u") or referer,
        seen=step.page if scripted else referer_page,
        referrer=referrer,
        # The script sends the campaign. Without it, the page's URL tells, if the header has all of it.
        campaign=step.campaign if scripted or referer_page is step.page else None,
    )
    with_model = step.page.host == _DELEGATING_HOST
    agent, place = visitor.agent, visitor.place
    hint_headers = agent.hint_headers(with_model)
    headers = browser_headers(agent.text, place.accept_language, referer, visitor.private, prefetch, hint_headers)
    raw_query = query_string(parameters, random.choice((encode_component, encode_form)))
    hints = Hints(place.language, agent.hinted_device(with_model))
    return Hit(truth, raw_query, headers, place.edge_location, hints=hints)


def mail_hit(visitor: Visitor, time_ms: int, campaign: Campaign, issue: str) -> Hit:
    """An e-mail opened in a mail program, which sends no Referer."""
    parameters = newsletter_parameters(campaign, issue)
    truth = _truth_of_visitor(visitor, time_ms, PERSON, parameters, page=None, seen=None, campaign=campaign)
    headers = browser_headers(visitor.agent.text, visitor.place.accept_language, private=visitor.private)
    hints = Hints(visitor.place.language, visitor.agent.device)
    return Hit(truth, query_string(parameters), headers, visitor.place.edge_location, hints=hints)


def robot_hit(
    random: Random,
    robot: Robot,
    time_ms: int,
    parameters: Mapping[str, str | None],
    method: str = "GET",
    page: Page | None = None,
    channel: str = "direct",
) -> Hit:
    """A program that fetches the image of a tag it found, on a page if that is known."""
    place = pick_place(random, ACCESS)
    truth = Truth(
        time_ms=time_ms,
        method=method,
        event=parameters.get("e") or "view",
        traffic=robot.traffic,
        traffic_reason=robot.reason,
        browser=UNKNOWN_DEVICE.browser,
        os=UNKNOWN_DEVICE.os,
        device=UNKNOWN_DEVICE.device,
        user_agent=robot.text or None,
        address=pick_address(random),
        country=place.country,
        asn=robot.asn,
        page=page.url if page else None,
        page_host=page.host if page else None,
        page_path=page.path if page else None,
        section=page.section if page else None,
        site=parameters.get("s"),
        item=parameters.get("i"),
        order_id=parameters.get("o"),
        value=parameters.get("v"),
        currency=parameters.get("c"),
        utm_source=parameters.get("utm_source"),
        utm_medium=parameters.get("utm_medium"),
        utm_campaign=parameters.get("utm_campaign"),
        channel=channel,
    )
    address = {"u": page.url} if page else {}
    return Hit(truth, query_string({**parameters, **address}), robot_headers(robot.text), place.edge_location)


def newsletter_parameters(campaign: Campaign, issue: str) -> dict[str, str | None]:
    """The parameters of the newsletter's pixel."""
    return {"e": "open", "s": "newsletter", "i": issue, **_campaign(campaign)}


def sale_parameters(step: Step, campaign: Campaign | None = None) -> dict[str, str | None]:
    """The parameters of a purchase or a refund, without a page."""
    told = {"e": step.event, "s": "shop", "i": step.item, "o": step.order_id, "v": step.value, "c": step.currency}
    return told | _campaign(campaign)


def _campaign(campaign: Campaign | None) -> dict[str, str | None]:
    if campaign is None:
        return {}
    return {"utm_source": campaign.source, "utm_medium": campaign.medium, "utm_campaign": campaign.name}


def _truth_of_visitor(
    visitor: Visitor,
    time_ms: int,
    reason: str,
    parameters: dict[str, str | None],
    page: str | None,
    seen: Page | None,
    referrer: Referrer | None = None,
    campaign: Campaign | None = None,
) -> Truth:
    """The truth about a visitor's hit. `seen` is the page whose URL is `page`, as far as the hit tells.

    `campaign` is the one that the hit tells of, in its own parameters or in the page's.
    """
    came_by = campaign or referrer
    return Truth(
        time_ms=time_ms,
        method="GET",
        event=parameters.get("e") or "view",
        traffic=class_of(reason),
        traffic_reason=reason,
        browser=visitor.agent.device.browser,
        os=visitor.agent.device.os,
        device=visitor.agent.device.device,
        user_agent=visitor.agent.text,
        address=visitor.address,
        country=visitor.place.country,
        asn=visitor.asn,
        page=page,
        page_host=seen.host if seen else None,
        page_path=seen.path if seen else None,
        section=seen.section if seen else None,
        referrer=parameters.get("r"),
        referrer_host=referrer.host if referrer else None,
        site=parameters.get("s"),
        title=parameters.get("t"),
        item=parameters.get("i"),
        order_id=parameters.get("o"),
        value=parameters.get("v"),
        currency=parameters.get("c"),
        utm_source=campaign.source if campaign else None,
        utm_medium=campaign.medium if campaign else None,
        utm_campaign=campaign.name if campaign else None,
        channel=came_by.channel if came_by else "direct",
        same_site=referrer is not None and referrer.channel == "internal",
        private=visitor.private,
    )


def _referer_page(random: Random, page: Page) -> Page | None:
    """The page that the Referer of an image names: the page itself, its origin (browsers' default for another host), or
    none."""
    origin = Page(f"https://{page.host}/", "", host=page.host)
    return random.choices((page, origin, None), weights=(55, 38, 7))[0]

# SPDX-License-Identifier: Apache-2.0
"""The column `channel`: click ids, the campaign, the page's own site, the referrer, in this order."""

from urllib.parse import quote

import pytest

from edgepixel.answers.view.channels import CHANNELS
from tests.unit.view.event_view import Row, events

_PAGE = "https://shop.example/"
# (what else is sent, the referrer): the channel
EVENTS: dict[tuple[str, str], str] = {
    ("", ""): "direct",
    ("", "about:blank"): "direct",
    # A click that was paid for, whatever else is said; its value does not matter, but it must have one.
    ("gclid=x", ""): "paid",
    ("wbraid=x&utm_medium=email", ""): "paid",
    ("u=https%3A%2F%2Fshop.example%2F%3Fmsclkid%3Dx", "https://www.bing.com/"): "paid",
    ("u=https%3A%2F%2Fshop.example%2F%23%2Fa%3Fyclid%3Dx", "https://shop.example/"): "paid",
    ("li_fat_id=x", "https://www.linkedin.com/"): "paid",
    ("gclid=&ttclid=undefined", ""): "direct",
    ("xgclid=x&notice=gclid", ""): "direct",
    ("irclickid=x", ""): "affiliate",
    ("awc=x", "https://news.example/"): "affiliate",
    # fbclid is on every link of Facebook; who came from elsewhere came from there.
    ("fbclid=x", ""): "social",
    ("fbclid=x", "https://l.facebook.com/"): "social",
    ("fbclid=x", "https://news.example/"): "referral",
    ("mc_cid=x", ""): "mail",
    # The medium.
    ("utm_medium=cpc&utm_source=google", "https://www.google.com/"): "paid",
    ("utm_medium=Paid-Social&utm_source=facebook", ""): "paid",
    ("utm_medium=paidsearch", ""): "paid",
    ("utm_medium=display", ""): "paid",
    ("utm_medium=retargeting", "https://shop.example/"): "paid",
    ("utm_medium=threads&utm_source=threads", ""): "social",
    ("utm_medium=e-mail", "https://www.google.com/"): "mail",
    ("utm_medium=E_Mail", ""): "mail",
    ("utm_medium=newsletter&utm_source=google", ""): "mail",
    ("utm_medium=affiliate&utm_source=partner", ""): "affiliate",
    ("utm_medium=social-media", ""): "social",
    ("utm_medium=organic_social", ""): "social",
    ("utm_medium=video", ""): "video",
    ("utm_medium=shopping", ""): "shopping",
    ("utm_medium=ai", ""): "ai_assistant",
    ("utm_medium=organic", ""): "search",
    ("utm_medium=organic&utm_source=instagram", ""): "social",
    ("utm_medium=referral", "https://www.google.com/"): "referral",
    ("utm_medium=referral&utm_source=chatgpt.com", ""): "ai_assistant",
    ("utm_medium=qr", ""): "referral",
    ("utm_medium=direct_mail", ""): "referral",
    ("utm_medium=leads", ""): "referral",
    # The source, by name or by host.
    ("utm_source=chatgpt.com", ""): "ai_assistant",
    ("utm_source=ChatGPT", ""): "ai_assistant",
    ("utm_source=https%3A%2F%2Fwww.perplexity.ai%2F", ""): "ai_assistant",
    ("utm_source=copilot.com", ""): "ai_assistant",
    ("utm_source=google", ""): "search",
    ("utm_source=newsletter", ""): "mail",
    ("utm_source=ig", ""): "social",
    ("utm_source=youtube", "https://www.google.com/"): "video",
    ("utm_source=adwords", ""): "paid",
    ("utm_source=fb_ads", ""): "paid",
    ("utm_source=awin", ""): "affiliate",
    ("utm_source=flyer", ""): "referral",
    ("utm_source=flyer", "https://www.google.com/"): "search",
    ("utm_source=notgoogle.com", ""): "referral",
    ("utm_campaign=may", ""): "referral",
    # The page's own site.
    ("", "https://shop.example/a"): "internal",
    ("", "https://www.shop.example./a"): "internal",
    ("utm_source=sidebar", "https://shop.example/a"): "internal",
    ("utm_source=newsletter", "https://shop.example/a"): "mail",
    # The referrer.
    ("", "https://www.google.com/"): "search",
    ("", "https://google.co.jp/"): "search",
    ("", "https://www.google.com.br/"): "search",
    ("", "https://news.google.com/"): "search",
    ("", "https://docs.google.com/"): "referral",
    ("", "https://accounts.google.com/"): "referral",
    ("", "https://notgoogle.com/"): "referral",
    ("", "https://google.com.evil.example/"): "referral",
    ("", "https://google.evil.example/"): "referral",
    ("", "https://cn.bing.com/search"): "search",
    ("", "https://r.search.yahoo.com/"): "search",
    ("", "https://yandex.ru/"): "search",
    ("", "https://searx.be/"): "search",
    ("", "https://mail.google.com/"): "mail",
    ("", "https://outlook.live.com/"): "mail",
    ("", "https://e.mail.ru/"): "mail",
    ("", "https://deref-gmx.net/mail"): "mail",
    ("", "https://webmail.isp.example/"): "mail",
    ("", "https://mail.company.example/"): "mail",
    ("", "https://go.mail.ru/"): "search",
    ("", "https://my.mail.ru/"): "social",
    ("", "https://snail.mail.example/"): "referral",
    ("", "https://search.isp.example/"): "search",
    ("", "https://research.isp.example/"): "referral",
    ("", "https://us-mg5.mail.yahoo.com/"): "mail",
    ("", "https://chatgpt.com/"): "ai_assistant",
    ("", "https://claude.ai/"): "ai_assistant",
    ("", "https://gemini.google.com/app"): "ai_assistant",
    ("", "https://copilot.microsoft.com/"): "ai_assistant",
    ("", "https://chat.mistral.ai/"): "ai_assistant",
    ("", "https://x.com/i/grok"): "ai_assistant",
    ("", "https://chat.deepseek.com/"): "ai_assistant",
    ("", "https://www.bing.com/chat?q=x"): "ai_assistant",
    ("", "https://x.com/someone"): "social",
    ("", "https://netflix.com/"): "video",
    ("", "https://t.co/x"): "social",
    ("", "https://pinterest.co.uk/"): "social",
    ("", "https://xt.co/"): "referral",
    ("", "https://youtu.be/x"): "video",
    ("", "https://www.amazon.co.uk/"): "shopping",
    ("", "https://aws.amazon.com/"): "referral",
    ("", "https://tpc.googlesyndication.com/"): "paid",
    ("", "https://click.linksynergy.com/"): "affiliate",
    ("", "https://en.wikipedia.org/"): "referral",
    ("", "http://192.0.2.1/"): "referral",
    ("", "android-app://com.google.android.googlequicksearchbox/"): "search",
    ("", "android-app://com.google.android.gm/"): "mail",
    ("", "android-app://com.openai.chatgpt/"): "ai_assistant",
    ("", "android-app://com.linkedin.android/"): "social",
    ("", "android-app://com.Slack/"): "social",
    ("", "android-app://com.example.google/"): "referral",
    ("", "ios-app://284815942/"): "search",
}


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    lines = {}
    for sent, referrer in EVENTS:
        page = "" if sent.startswith("u=") else f"&u={quote(_PAGE, safe='')}"
        lines[f"{sent} {referrer}"] = f"{sent}{page}&r={quote(referrer, safe='')}"
    return events({name: {"cs_uri_query": query} for name, query in lines.items()})


@pytest.mark.parametrize("sent", EVENTS, ids=" ".join)
def test_channel(sent: tuple[str, str], found: dict[str, Row]) -> None:
    assert found[" ".join(sent)]["channel"] == EVENTS[sent]


def test_every_channel_is_there_and_no_other() -> None:
    assert set(EVENTS.values()) == set(CHANNELS)

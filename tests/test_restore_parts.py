"""The vectorised parts of restore against slow, obvious twins."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import generate
from cleaner.batch import Batch, View
from cleaner.document import Document
from cleaner.kernels.pairs import pair_hashes, pair_mask
from cleaner.models import leads, lm, pages, topics
from cleaner.restore import joins, seams
from cleaner.restore.blocks import Unit, units_of
from cleaner.restore.feed import _next_article, plausible
from cleaner.restore.feed_screen import _reused
from cleaner.restore.page import _of_lines, _of_one_height, gather, with_models
from cleaner.restore.screen import promising
from cleaner.restore.strangers import closing_credit
from cleaner.restore.topics import words_of
from cleaner.structure import Label, closes_signed, structure_of

TEXT = generate.articles(1, seed=8)[0].text


def view_of(text: str) -> View:
    return Batch([Document("page", text)]).view(0)


def pairs_of(view: View, start: int, end: int) -> list[int]:
    mask = pair_mask(view.classes[start:end])
    return sorted(set(pair_hashes(view.folded_codes[start:end])[mask].tolist()))


def test_words_of_all_units_are_those_of_each() -> None:
    view = view_of(TEXT + "\n，。\n" + TEXT)
    units = units_of(view)
    words = words_of(view, units)
    names = sorted({pair for unit in units for pair in pairs_of(view, unit.start, unit.end)})
    for at, unit in enumerate(units):
        own = pairs_of(view, unit.start, unit.end)
        assert [names[number] for number in words.of[at].tolist()] == own
        assert words.masses[at] == pytest.approx(words.weights[at][:, 0].sum())
        idf = topics.load()[np.array(own, np.int64)] / topics.SCALE
        assert words.weights[at][:, 1].tolist() == np.maximum(idf - 5.0, 0).tolist()


def test_openings_of_all_units_score_as_each_does() -> None:
    view = view_of(TEXT)
    edges = np.array([(unit.start, unit.end) for unit in units_of(view)] + [(0, 3)])
    slow = [
        float(leads.load().take(leads.features(view.folded_codes[one:two])).sum(dtype=np.int64))
        for one, two in edges.tolist()
    ]
    found = leads.scores(view.folded_codes, edges[:, 0], edges[:, 1])
    assert found.tolist() == [value / leads.SCALE for value in slow]


def test_what_was_said_before_is_counted_for_each_document() -> None:
    batch = Batch([Document(str(n), a.text) for n, a in enumerate(generate.articles(5, seed=3))])
    border = batch.starts + 2 * batch.lengths // 3
    idf = topics.load()
    for number, share in enumerate(_reused(batch, batch.starts, border, batch.ends).tolist()):
        view, size = batch.view(number), int(border[number] - batch.starts[number])
        hashes, mask = pair_hashes(view.folded_codes), pair_mask(view.classes)
        said = set(hashes[:size][mask[:size]].tolist())
        rest = hashes[size:][mask[size:]].tolist()
        again = sum(int(idf[pair]) for pair in rest if pair in said)
        assert share == pytest.approx(again / sum(int(idf[pair]) for pair in rest))


def test_a_seam_is_scored_as_the_model_reads_it() -> None:
    one, two = "县里组织党员干部深", "入田间地头，帮助农户"
    view = view_of(f"{one}\n{two}")
    ends, starts = [Unit(0, 9, "text")], [Unit(10, 20, "text")]  # type: ignore[arg-type]
    gain, abrupt = seams.measured(view, ends, starts)
    line = lm.load().score_text(one + two)[9:13].sum(dtype=np.float64)
    fresh = lm.load().score_text("\n" + two)[1:5].sum(dtype=np.float64)
    assert gain[0, 0] == pytest.approx(line - fresh, abs=1e-4)
    assert abrupt.shape == (1,)
    assert seams.measured(view, [starts[0]], [ends[0]])[0][0, 0] == seams.NEVER


def test_a_plain_seam_is_likelier_than_one_that_lost_words() -> None:
    whole, torn = "入田间地头，帮助农户解决春耕难题。", "户解决春耕难题，农技人员也到了现场。"
    odds = []
    for rest in (whole, torn):
        view = view_of(f"今年以来，青川县里组织了三百多名党员干部深\n春耕\n{rest}")
        evidence = with_models(view, gather(view, units_of(view)))
        row = joins.features(view, evidence, joins.Seam(0, 2))
        odds.append(joins.odds(pages.load_joins("torn"), row))
    assert odds[0] > odds[1] + 1


BY_HAND = """小小志愿服务队 大大民生
本报讯（记者 傅霞）记者3月8日从便民服务中心获悉，枣沟镇居民夏阳领到了第一张服务卡。
“起初也有人不理解，
后来看到了实效，报名的人越来越多。”李和说。
数据显示，去年全年同类事项下降47.3%，
群众满意度达到62.1%。在山堡县，同样的经验已经用了5年。
记者从住房和城乡建设局获悉，截至3月8日，累计已有6997人次参加。两家为一堵墙争了9年，
调解员上门137次也没有结果。
他们同住一个院子，出门抬头就能看见，
却没有一家愿意先开口，直到调解员第137次上门，两家人才坐到一张桌上。本报将继续关注事情的进展。"""


def test_lines_broken_behind_commas_are_no_columns() -> None:
    view = view_of(BY_HAND)
    assert not gather(view, units_of(view)).columns


def test_a_page_of_titles_and_blurbs_holds_no_articles() -> None:
    blurb = "少年在城墙下长大，一次夜巡让他撞见了城中的秘密。他的命运从此和古城连在一起，再也分不开"
    view = view_of("\n".join(f"第{n}部\n青石城的守夜人\n{blurb}{n}" for n in range(9)))
    assert _of_lines(units_of(view))
    assert not _of_lines(units_of(view_of(BY_HAND)))


def test_columns_of_one_height_show_how_a_page_is_set() -> None:
    sizes = (200, 90, 210, 95, 190, 90)
    view = view_of("\n".join("县" * size for size in sizes))
    evidence = gather(view, units_of(view))
    assert _of_one_height(evidence, [[0, 2, 4], [1, 3, 5]])
    assert not _of_one_height(evidence, [[0, 2], [1], [3, 4, 5]])  # only one comes back
    assert not _of_one_height(evidence, [[0, 3, 4], [1, 2, 5]])
    assert not _of_one_height(evidence, [[0, 1, 2, 3, 4, 5]])
    whole = view_of("\n".join("县" * size + "。" for size in sizes))
    evidence = gather(whole, units_of(whole))
    assert not _of_one_height(evidence, [[0, 2, 4], [1, 3, 5]])  # nothing is cut


def test_units_are_the_blocks_of_the_page() -> None:
    view = view_of(f"  {TEXT}  \n\n\u3000（记者 林一舟）\u3000\n — — \n1. 第一项\n" + BY_HAND)
    blocks, units = structure_of(view), units_of(view)
    lines = [(block.start, block.end) for block in blocks]
    assert [view.text[a:b].strip() for a, b in lines] == [view.text[u.start : u.end] for u in units]
    assert [b.dateline for b in blocks] == [u.opens for u in units]
    bodies = [unit for b, unit in zip(blocks, units, strict=True) if b.label is Label.BODY]
    assert all(u.signed for u in bodies if closes_signed(view.folded[u.start : u.end].strip()))


@pytest.mark.parametrize(
    ("line", "closes"),
    [
        ("责任编辑：林一舟", True),
        ("青川县的春耕已经过半，今年的种粮补贴也发到了农户手里。（完）", True),
        (
            "据新华社江州电  （记者林一舟）江州大学日前发布公报说，该校培育出一种耐旱的新稻种。",
            False,
        ),
        ("近日，记者来到青川县的田间地头，看到农户们正忙着插秧。", False),
        ("江州晚报讯(记者林一舟)近期，本市各家医院的儿科都延长了门", False),
    ],
)
def test_what_closes_an_article_is_no_sentence(line: str, closes: bool) -> None:
    view = view_of(line)
    assert closing_credit(view, units_of(view)[0]) is closes


CANTEEN = (
    "石桥小学食堂换上新灶台",
    "本报记者 周启明",
    "9月1日中午，石桥小学的食堂里热气腾腾，孩子们端着餐盘排队打饭，新灶台上正炒着青菜和肉片。",
    "食堂的新灶台是暑假里换的。石桥小学的旧灶台用了十五年，如今孩子们准时能在食堂吃上热饭。",
)
TEASERS = (
    "新华社海州4月2日电  海州港三号码头2日开港，首批集装箱货轮靠泊作业，预计全年吞吐量将增长一成",
    "4月3日，记者从市体育局获悉，首届环湖马拉松赛将于五月举行，报名人数已超过八千人。",
    "据气象部门消息，受冷空气影响，北部高原将出现大风降温天气，局地有雨夹雪，请注意添衣保暖",
)


def test_an_article_behind_teasers_is_none_of_them() -> None:
    view = view_of("\n".join((*TEASERS, *CANTEEN)))
    assert _next_article(view, units_of(view), 0) == len(TEASERS)
    view = view_of("\n".join((*TEASERS, CANTEEN[0], TEASERS[1], CANTEEN[2])))
    assert _next_article(view, units_of(view), 0) == len(units_of(view))


ESSAYS = """田埂上的课堂
赵启明
每年春分，石桥小学的孩子们都要到田埂上去上一堂课。老师说，认得出麦苗和韭菜，才算真的读懂了课本里的春天。
孩子们蹲在田埂上，用手量麦苗的高矮，回到教室再把量出来的数字画成一张图，贴在墙上给家长看。
石桥小学的老师把这一课写进了校本教材，春分的田埂、麦苗的高矮，都成了孩子们自己写的课文。
（摘编自《江州晚报》，原题为《春分这一课》）
一碗面里的街坊
李 和
巷口的面馆开了三十年，灶台换了三回，老主顾却还是那几位。老板娘记得谁不吃葱，谁要多放一勺醋。
去年面馆要拆，街坊们一家一家去签名，最后铺面往后挪了五米，灶火又烧了起来，面还是原来的味道。
面馆的墙上如今挂着街坊们的签名，老板娘说，只要巷口还有人来吃面，灶火就不会熄。"""


def test_a_numbered_list_holds_no_border() -> None:
    said = "乡里的一家人怎样在一百年里种田、读书和远行，书中的插图由当地的孩子画成，一共"
    items = [f"《{title}的四季》讲的是{said}" for title in "稻麦茶盐竹"]
    for marks, holds in (([""] * 5, True), ([f"{at}." for at in range(8, 13)], False)):
        lines = [mark + item for mark, item in zip(marks, items, strict=True)]
        view = view_of("\n".join([TEXT, *lines]))
        units = units_of(view)
        assert any(border > len(units) - 5 for border in plausible(view, units)) == holds


def test_names_above_paragraphs_open_articles() -> None:
    one = ESSAYS.partition("一碗面里的街坊")[0]
    assert promising(Batch([Document("a", ESSAYS), Document("b", one)])).tolist() == [True, False]
    kinds = [unit.kind.value for unit in units_of(view_of(one))]
    assert kinds == ["heading", "byline", "text", "text", "text", "neutral"]

"""Applications for the right to the mark: one granted in spring, one sent back, one that waits for the prefecture."""

from collections.abc import Callable
from datetime import date

from traceability.demo.stage import Firm, Stage, Story
from traceability.domain.authorising import Paper
from traceability.domain.profile import Grade
from traceability.services import applications
from traceability.services.applications import HandedIn

SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PAGE = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF %s\n"


def _paper(firm: Firm, paper: Paper, name: str) -> HandedIn:
    """An empty page, different for each firm and paper."""
    return HandedIn(paper, name, SCAN + PAGE % f"{firm.row.key} {paper}".encode())


def _apply(stage: Stage, firm: Firm, right: str, scope: tuple[Grade, ...], words: str) -> int:
    files = [_paper(firm, Paper.LICENCE, "营业执照.pdf"), _paper(firm, Paper.ORIGIN, "产地证明.pdf")]
    standard = stage.house.profile.edition_on(stage.today).code
    asked = {"right_basis": right, "scope": scope, "standard": standard, "words": words, "files": files}
    return stage.do(applications.apply_for_right, by=firm.manager, **asked)


def granted(stage: Stage) -> Story:
    """A firm asks for one more right; the county misses the test report, gets it, and the prefecture announces."""
    yield stage.at(3, 2, 9, 20)
    firm, prefecture = stage.firms["ptsl"], stage.offices[stage.house.profile.prefecture.code]
    number = _apply(
        stage, firm, "agi", firm.row.scope, "茶园在平塘大塘镇、掌布镇，已纳入农产品地理标志登记范围。"
    )
    yield stage.at(3, 4, 10)
    stage.do(applications.send_back, by=firm.office, application=number, missing="缺最近一年的产品检验报告。")
    yield stage.at(3, 6, 15, 30)
    report = [_paper(firm, Paper.REPORT, "产品检验报告.pdf")]
    stage.do(
        applications.add_to_application,
        by=firm.manager,
        application=number,
        words="已补检验报告。",
        files=report,
    )
    yield stage.at(3, 9, 11)
    stage.do(
        applications.pass_on, by=firm.office, application=number, reason="材料齐全，已到茶园和车间核对。"
    )
    yield stage.at(3, 16, 16)
    stage.do(
        applications.grant_application,
        by=prefecture,
        application=number,
        announcement_no=f"示例公告 {stage.year} 年第 31 号",
        scope=firm.row.scope,
        valid_from=date(stage.year, 3, 16),
        valid_until=date(stage.year + 2, 3, 15),
    )


def sent_back(stage: Stage) -> Story:
    """A cooperative without a right applies with too little."""
    yield stage.at(6, 8, 10, 5)
    firm = next(one for one in stage.firms.values() if not one.row.scope)
    number = _apply(
        stage, firm, "gi_product", (Grade.FIRST, Grade.SECOND), "合作社自有茶园，今年起自己包装。"
    )
    yield stage.at(6, 11, 9, 30)
    stage.do(
        applications.send_back,
        by=firm.office,
        application=number,
        missing="缺食品生产许可证副本和质量管理制度；产地证明请由乡镇盖章。",
    )


def passed_on(stage: Stage) -> Story:
    """A firm asks for another grade, and the prefecture has still to decide."""
    yield stage.at(6, 15, 14)
    firm = stage.firms["dsys"]
    number = _apply(stage, firm, firm.row.right, (*firm.row.scope, Grade.SECOND), "夏茶拟增加二级产品。")
    yield stage.at(6, 18, 10, 40)
    stage.do(applications.pass_on, by=firm.office, application=number, reason="生产条件未变，同意增加二级。")


def waiting(stage: Stage) -> Story:
    """One the county has not looked at yet."""
    yield stage.at(6, 24, 9, 15)
    firm = stage.firms["dyjj"]
    _apply(stage, firm, firm.row.right, (*firm.row.scope, Grade.SECOND), "新增一条二级茶生产线。")


STORIES: tuple[Callable[[Stage], Story], ...] = (granted, sent_back, passed_on, waiting)

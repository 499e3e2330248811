"""Who may pass which door, written by hand: the table the matrix test holds the app against.

It repeats nothing of `@allow`: a route that opens wider than its line here, or has no line, fails.
A line is `who | subject | routes`: who may pass, what the number in the address is of, and the routes by name. A route
answers to GET unless it has a mark: `!` takes POST only, `+` takes both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

EVERYBODY = frozenset(
    {"nobody", "clerk", "bare", "manager", "county", "prefecture", "observer", "bound", "administrator"}
)

#: `bare`: a clerk whose manager gave nothing, who only reads. `bound`: an observer of one county.
WHO: Mapping[str, frozenset[str]] = {
    "everybody": EVERYBODY,
    "signed in": EVERYBODY - {"nobody"},
    "firm": frozenset({"clerk", "bare", "manager"}),
    "recorder": frozenset({"clerk", "manager"}),
    "manager": frozenset({"manager"}),
    "office": frozenset({"county", "prefecture", "observer", "bound"}),
    "officer": frozenset({"county", "prefecture"}),
    "county": frozenset({"county"}),
    "prefecture": frozenset({"prefecture"}),
    "administrator": frozenset({"administrator"}),
}

#: What a subject of a line is out of reach of: of whom it is matters to a desk and to a county, and to nobody else.
DESK_TABLE = """
firm     | -          | board complaints deliveries events findings ledger lots marks packed papers print_jobs
firm     | -          | receipts recalls refused_slips requests returns sales season_summary suppliers +scan
firm     | -          | allowance_requests authorisation
firm     | -          | inspections
firm     | visit      | inspection
firm     | line       | inspection_photo
firm     | right      | right_application
firm     | complaint  | complaint complaint_photo
firm     | shipment   | +delivery +delivery_preview delivery_note
firm     | document   | document
firm     | event      | event
firm     | lot        | lot lot_dossier lot_evidence trace
firm     | print_job  | print_job print_manifest
firm     | recall     | recall_file recall_notice
recorder | -          | carried find_cards find_return packings season_template sellable worker
recorder | -          | !hand_out_book !read_card !take_slips
recorder | -          | +add_consignee +add_grower +add_plot +add_product +add_scale +blend +blend_preview
recorder | -          | +dispatch +dispatch_preview +process +process_preview +quick +receive +record_complaint
recorder | -          | +refine +refine_preview +season +work_on_plot +lost +void
recorder | -          | +ask_for_allowance +resurvey_plot +transfer_plot
recorder | allowance  | !withdraw_allowance_request
recorder | slip       | settle_slip !accept_slip !drop_slip !ask_for_slip
recorder | complaint  | !answer_complaint !close_complaint !reopen_complaint
recorder | lot        | +attach +count_stock +count_stock_preview +sample +sample_preview +report +report_preview
recorder | lot        | +request_marks +request_marks_preview +write_off +write_off_preview +pack +pack_preview
recorder | failed     | +redeclare +redeclare_preview
recorder | pack_lot   | +carton_labels +fill_cartons +fill_cartons_preview +sell +sell_preview +destroy
recorder | pack_lot   | +destroy_preview
recorder | shipment   | +refuse +refuse_preview
recorder | recall     | !record_notice !confirm_stopped
recorder | sale       | +take_back +take_back_preview
recorder | transit    | +settle +settle_preview
recorder | request    | !withdraw
recorder | attachment | +withdraw_document
recorder | workbook   | season_try !record_season !try_season_again
manager  | -          | doings staff +invite +artwork +print_labels !sample_labels calibrate find_recall
manager  | -          | +apply
manager  | right      | +add_to_application +take_back_application
manager  | artwork    | artwork_preview
manager  | event      | +amend
manager  | lot        | +recall
manager  | member     | +grant !set_member_active
manager  | invitation | !withdraw_invitation
manager  | print_job  | !run_on +stop_job !take_file +undelivered
"""

OFFICE_TABLE = """
office     | -          | today artworks decisions doubts enterprises findings holds lots plots print_jobs requests
office     | -          | shortages witnesses +scan
office     | -          | allowance_requests annual_report applications book recalls scales unverified_receipts visits
office     | -          | inspections samples sample_rates
office     | plan       | plan plan_lists
office     | visit      | visit
office     | line       | line_photo
office     | sampled    | sample sample_document
office     | allowance  | allowance_request
office     | -          | book_marks complaints year_allowances
office     | county     | county_book county_marks
office     | right      | application application_document
office     | plot       | plot
office     | photo      | plot_photo
office     | recall     | recall_file recall_evidence
office     | artwork    | artwork artwork_preview artwork_original
office     | document   | document
office     | complaint  | complaint
office     | doubt      | doubt doubt_photo
office     | enterprise | enterprise firm_book firm_marks rights
office     | finding    | finding finding_evidence
office     | lot        | lot lot_book lot_evidence
office     | print_job  | print_job
office     | request    | request_page
officer    | -          | +register_enterprise
officer    | -          | +bring_in_verifications drills find_recall +recall_reach !start_drill
officer    | -          | +draw_plan
officer    | plan       | +call_off_plan
officer    | enterprise | +order_visit
officer    | visit      | !begin_visit !write_line !conclude_visit !raise_line +take_sample
officer    | sampled    | !send_sample +enter_sample_report !confirm_sample_report !return_sample_report
officer    | sampled    | !discard_sample
officer    | allowance  | !grant_allowance !refuse_allowance
officer    | -          | !confirm_allowances
officer    | confirmed  | +take_back_allowances
officer    | changed    | !approve_change !refuse_change
officer    | drill      | +drill
officer    | recall     | !close_recall
officer    | doubt      | +settle_doubt
officer    | enterprise | +suspend +lift
officer    | finding    | +settle_finding !take_finding !put_back_finding
officer    | hold       | +release_hold
officer    | lot        | +hold_lot +record_retest
officer    | plot       | +approve_plot +set_allowance
officer    | shortage   | +settle_shortage
county     | artwork    | +approve_artwork +refuse_artwork
county     | enterprise | +receive_returned +restore +lapse
county     | request    | +approve +refuse
county     | right      | +forward_application +return_application
prefecture | -          | !add_witness !hand_in_checkpoint
prefecture | enterprise | +authorise +withdraw
prefecture | right      | +grant_application +refuse_application
"""

ADMIN_TABLE = """
administrator | -      | users enterprises growers offices plots
administrator | -      | +create_user +register_enterprise +register_grower +register_plot
administrator | office | +set_office_telephone
administrator | user   | +set_user_active +reset_second_factor +set_password
"""

PUBLIC_TABLE = """
everybody | - | home check mark gs1_lot gs1_mark gs1_mark_of_lot gs1_other gs1_product gs1_resolver slip authorised
everybody | - | +doubt doubt_status public_log log_checkpoint log_tile log_proof
"""

OTHER_TABLE = """
everybody | - | static language +joining.join
everybody | - | +security.login +security.change_password !security.logout +security.verify
everybody | - | +security.two_factor_setup !security.two_factor_setup_validate +security.tf_select
everybody | - | +security.two_factor_token_validation +security.two_factor_rescue
signed in | - | home
"""


@dataclass(frozen=True)
class Passage:
    """A route as the table has it."""

    route: str
    who: frozenset[str]
    subject: str
    methods: frozenset[str]


_METHODS = {"!": {"POST"}, "+": {"GET", "POST"}}


def _read(door: str, table: str) -> Iterator[Passage]:
    for line in table.strip().splitlines():
        who, subject, routes = (part.strip() for part in line.split("|"))
        for name in routes.split():
            methods = _METHODS.get(name[0], {"GET"})
            yield Passage(door + name.lstrip("!+"), WHO[who], subject, frozenset(methods))


PASSAGES: Mapping[str, Passage] = {
    one.route: one
    for door, table in (
        ("enterprise.", DESK_TABLE),
        ("regulator.", OFFICE_TABLE),
        ("admin.", ADMIN_TABLE),
        ("public.", PUBLIC_TABLE),
        ("", OTHER_TABLE),
    )
    for one in _read(door, table)
}

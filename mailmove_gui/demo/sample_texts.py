"""What people write in the sample mail: a trading firm with offices in Hamburg and Ningbo."""

from __future__ import annotations

# ruff: noqa: E501, ISC004 -- prose: lines of Chinese count double, and paragraphs are joined from pieces.
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who writes; `utc_offset_h` is the clock of the desk, `given` the name in English mail, `deals_in` the shelves."""

    name: str
    address: str
    role: str
    company: str
    chinese: bool = False
    utc_offset_h: int = 1
    given: str = ""
    deals_in: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Topic:
    """A conversation: `openings` and `replies` are bodies to choose from, with placeholders.

    `shelf` names the kind of folder where it is filed; `attachment` is the kind of file (pdf, csv, png, ics) or
    empty; an `internal` one is between colleagues. The first reply comes from the receiver, then by turns.
    Placeholders: {number} {product} {partner} {city} {month} {year} {amount} {week} {quantity}.
    """

    subject: str
    openings: tuple[str, ...]
    replies: tuple[str, ...]
    shelf: str
    attachment: str = ""
    chinese: bool = False
    internal: bool = False


FIRM = "Lindqvist & Chen Trading"
FIRM_CHINESE = "林陈贸易（宁波）有限公司"

ANNA = Person("Anna Lindqvist", "anna@old.example", "Managing Director", FIRM)
BO = Person("Bo Zhang", "bo@old.example", "Key Account Manager", FIRM, utc_offset_h=8)
CHEN = Person("陈小明", "chen.xiaoming@old.example", "采购经理", FIRM_CHINESE, True, 8, "Xiaoming")
LI = Person("李娜", "li.na@old.example", "财务主管", FIRM_CHINESE, True, 8, "Na")
DAVID = Person("David Okafor", "david@old.example", "Logistics Coordinator", FIRM)
OFFICE = Person("Office", "office@old.example", "Front desk", FIRM, given="all")

_GOODS = frozenset({"offers", "orders", "invoices", "quality"})
_FREIGHT = frozenset({"logistics", "invoices"})

PARTNERS = (
    Person("Katrin Vogel", "k.vogel@nordwerft.example", "Procurement", "Nordwerft GmbH", deals_in=_GOODS),
    Person(
        "James Whitfield",
        "j.whitfield@harbour-pumps.example",
        "Sales Engineer",
        "Harbour Pumps Ltd",
        False,
        0,
        deals_in=_GOODS,
    ),
    Person(
        "Maria Sørensen", "maria@baltic-freight.example", "Customer Service", "Baltic Freight A/S", deals_in=_FREIGHT
    ),
    Person(
        "Tomás Herrera", "therrera@valvulas-sur.example", "Export Manager", "Válvulas del Sur S.A.", deals_in=_GOODS
    ),
    Person(
        "Priya Raman",
        "priya.raman@seaport-audit.example",
        "Senior Auditor",
        "Seaport Audit LLP",
        False,
        0,
        deals_in=frozenset({"figures"}),
    ),
    Person(
        "Jonas Becker",
        "jonas@becker-legal.example",
        "Attorney at Law",
        "Becker & Partner",
        deals_in=frozenset({"contracts"}),
    ),
    Person(
        "Emily Tran",
        "emily.tran@quayside-it.example",
        "Account Manager",
        "Quayside IT Services",
        False,
        0,
        deals_in=frozenset({"staff"}),
    ),
    Person("Henrik Dahl", "henrik.dahl@fjordsteel.example", "Quality Manager", "Fjord Steel AS", deals_in=_GOODS),
)

CHINESE_PARTNERS = (
    Person(
        "王建国", "wangjg@yongxin-valve.example", "总经理", "宁波永新阀门厂", True, 8, deals_in=_GOODS | {"contracts"}
    ),
    Person("刘洋", "liuyang@pengcheng-wl.example", "货代操作", "鹏程国际物流", True, 8, deals_in=_FREIGHT),
    Person("赵敏", "zhaomin@huadong-fair.example", "展会服务", "华东会展中心", True, 8, deals_in=frozenset({"fairs"})),
    Person(
        "孙丽华",
        "sunlh@zhongheng-cpa.example",
        "注册会计师",
        "中衡会计师事务所",
        True,
        8,
        deals_in=frozenset({"figures"}),
    ),
    Person(
        "周志强", "zhouzq@haitian-pump.example", "技术部", "海田泵业有限公司", True, 8, deals_in=_GOODS | {"contracts"}
    ),
    Person(
        "吴晓燕",
        "wuxy@yongcheng-build.example",
        "项目经理",
        "甬城建设工程有限公司",
        True,
        8,
        deals_in=frozenset({"projects"}),
    ),
    Person("黄磊", "huanglei@dingsheng.example", "销售经理", "鼎盛精密铸造", True, 8, deals_in=_GOODS),
)

PRODUCTS = (
    "ball valve DN50", "butterfly valve DN150", "bilge pump BP-40", "gate valve DN80", "centrifugal pump CP-12",
    "flange set PN16", "check valve DN65", "sea water filter SF-3",
)  # fmt: skip
PRODUCTS_CHINESE = (
    "DN50 球阀", "DN150 蝶阀", "BP-40 舱底泵", "DN80 闸阀", "CP-12 离心泵", "PN16 法兰", "DN65 止回阀", "SF-3 海水过滤器",
)  # fmt: skip
CITIES = ("Rotterdam", "Hamburg", "Gothenburg", "Gdansk", "Antwerp", "Aarhus", "Felixstowe")
CITIES_CHINESE = ("宁波", "上海", "青岛", "深圳", "厦门", "大连")

TOPICS = (
    Topic(
        "Quotation {number} for {quantity} pcs {product}",
        (
            "please find attached our quotation {number} for {quantity} pieces of {product}.\n\n"
            "The price is EUR {amount} in total, FCA Ningbo, and is valid for 30 days. Delivery takes about six "
            "weeks after we have your order. Let me know if you want the test certificates included.",
            "thank you for your enquiry. We can offer {quantity} pieces of {product} at EUR {amount} in total.\n\n"
            "Sea freight to {city} is not included; David will send you two options for that tomorrow.",
        ),
        (
            "thanks for the quick offer. Could you do anything about the price if we take the whole quantity at "
            "once instead of in two lots?",
            "for the whole quantity in one lot we can go down by 3 %. The rest stays as offered.",
            "that is fine. Please go ahead; our order follows today by separate mail.",
        ),
        "offers",
        "pdf",
    ),
    Topic(
        "Purchase order {number}",
        (
            "please accept our order {number} for {quantity} pcs {product}, delivery to {city} in calendar week "
            "{week}.\n\nPlease confirm price and date by return.",
        ),
        (
            "order {number} is confirmed for week {week}. One question: do you need the flanges drilled to PN16 or "
            "PN10?",
            "PN16, as last time. Thank you for asking.",
        ),
        "orders",
        "csv",
    ),
    Topic(
        "Invoice {number}",
        (
            "attached is invoice {number} over EUR {amount} for the delivery of {product} in {month}.\n\n"
            "Payment is due within 30 days. The bank details have not changed.",
        ),
        (
            "we have received the invoice, but the order number on it is missing. Could you send a corrected one?",
            "corrected invoice attached, sorry for the extra work.",
            "the amount was transferred this morning.",
        ),
        "invoices",
        "pdf",
    ),
    Topic(
        "Reminder: invoice {number} is overdue",
        (
            "according to our records invoice {number} over EUR {amount} has not been paid yet. Perhaps it was "
            "lost on the way; a copy is attached.\n\nIf the payment is already under way, no answer is needed.",
        ),
        (
            "you are right, it was waiting for a signature. It will be paid with Thursday's run.",
            "the payment arrived today. Thank you.",
        ),
        "invoices",
        "pdf",
    ),
    Topic(
        "Container {number}: arrival in {city}",
        (
            "container {number} is expected in {city} on Thursday morning. Customs papers are complete.\n\n"
            "The haulier can deliver on Friday between 8 and 12. Does that work for your warehouse?",
            "the vessel has left Ningbo with two days' delay because of the weather. The new slot in {city} is on "
            "Friday of week {week}; the haulier could unload at your warehouse from 8 o'clock on.",
        ),
        (
            "Friday at 9 is fine. Please ask the driver to use gate 3.",
            "gate 3 is noted. Customs also wants to see the certificate of origin. Can you send a scan today?",
            "the scan went to the broker a minute ago.",
        ),
        "logistics",
    ),
    Topic(
        "Minutes of the meeting on {month} planning",
        (
            "attached are the figures we looked at today. What we agreed:\n\n"
            "- Anna talks to the bank about the credit line\n"
            "- Bo visits Nordwerft before the end of {month}\n"
            "- David compares the two warehouses in {city}\n"
            "- next meeting on Tuesday at 10\n\n"
            "Please tell me if I have forgotten anything.",
        ),
        (
            "one addition: the stock count was moved to the last Friday of the month.",
            "thanks, I have added it.",
        ),
        "meetings",
        "png",
        internal=True,
    ),
    Topic(
        "Invitation: quarterly review, {month} {year}",
        (
            "I would like to go through the quarter with all of you. The calendar entry is attached.\n\n"
            "Please bring your open orders and one thing that we should do differently.",
        ),
        (
            "I am on the train until 11, may I join by phone for the first part?",
            "of course, the number is in the entry.",
        ),
        "meetings",
        "ics",
        internal=True,
    ),
    Topic(
        "Complaint: leaking {product}, delivery {number}",
        (
            "two of the {quantity} pieces of {product} from delivery {number} leak at the stem seal. Pictures are "
            "attached.\n\nWe need replacements by week {week} at the latest; the ship leaves the dock after that.",
        ),
        (
            "I am sorry to hear that. Two replacements leave Hamburg today by express, and the factory checks the "
            "rest of the lot.",
            "the replacements have arrived and are tight. Thank you for the fast help.",
            "the factory found the cause: a wrong batch of O-rings. The report is on its way.",
        ),
        "quality",
        "png",
    ),
    Topic(
        "Test certificates 3.1 for lot {number}",
        ("attached are the 3.1 certificates for lot {number} ({product}). The originals go by post.",),
        (
            "the heat number on page 2 does not match the delivery note. Please check.",
            "you are right, pages of two lots were mixed up. The correct certificate is on its way.",
        ),
        "quality",
        "pdf",
    ),
    Topic(
        "Framework agreement {year}: draft",
        (
            "attached is the draft of the framework agreement for {year}. Changes against last year: liability "
            "(section 7), and price adjustment if the steel index moves by more than 8 %.\n\n"
            "I suggest that we speak on the phone before it goes to {partner}.",
        ),
        (
            "section 7 is fine. In section 9 I would rather have Hamburg as place of jurisdiction.",
            "agreed and changed. The version for signature follows.",
        ),
        "contracts",
        "pdf",
    ),
    Topic(
        "Travel to {city} in {month}",
        (
            "the flights are booked: out on Tuesday at 7:10, back on Thursday evening. The hotel is the one next to "
            "the station, breakfast included.\n\nThe visit at {partner} starts on Wednesday at 9.",
        ),
        (
            "perfect, thank you. Could you also book a table for four on Wednesday?",
            "done, 19:30 under your name.",
        ),
        "travel",
        "ics",
        internal=True,
    ),
    Topic(
        "Monthly figures, {month} {year}",
        (
            "here are the figures for {month}: turnover EUR {amount}, {quantity} orders, stock slightly lower than "
            "last month. The chart shows the last eight months.\n\nThe list with all positions is attached.",
        ),
        (
            "thanks. Why is freight so high this month?",
            "two air shipments for the shipyard; both are charged on.",
        ),
        "figures",
        "csv",
        internal=True,
    ),
    Topic(
        "Holiday in {month}",
        (
            "I would like to take two weeks off in {month}, starting in week {week}. Bo can answer urgent questions "
            "from customers.",
        ),
        (
            "week {week} collides with the stock count. Would one week later work?",
            "one week later is fine.",
            "approved then, enjoy it.",
        ),
        "staff",
        internal=True,
    ),
    Topic(
        "New printer on the second floor",
        (
            "the new printer is ready. Your computer finds it as HH-2-COLOUR; scans go to your own mailbox.\n\n"
            "The old one is collected on Friday.",
        ),
        ("mine prints everything in landscape. Can somebody have a look?", "fixed, it was the default tray."),
        "staff",
    ),
    Topic(
        "Audit {year}: documents needed",
        (
            "for the annual audit we need by the end of {month}: bank confirmations, the stock list as of 31 "
            "December, open items, and the contracts above EUR 50,000.\n\nA shared folder is not necessary; mail is fine.",
        ),
        (
            "the open items are attached. The bank confirmations were requested on Monday.",
            "thank you. The contract with {partner} is still missing.",
        ),
        "figures",
        "csv",
    ),
    Topic(
        "Stand at the trade fair in {city}",
        (
            "the organiser offers us the same corner as last time, 24 square metres, for EUR {amount}. They need an "
            "answer by the 15th.\n\nI would take it: half of this year's new customers came from there.",
        ),
        ("agreed, please book it.", "booked. The plan of the stand is attached; comments by Friday please."),
        "fairs",
        "png",
        internal=True,
    ),
)

TOPICS_CHINESE = (
    Topic(
        "关于{product}的询价（{number}）",
        (
            "您好！\n\n我司计划采购{product} {quantity} 台，请按附件中的规格报价，并注明交货期和付款条件。\n\n"
            "如有替代型号，也请一并推荐。",
            "您好！\n\n请报{product} {quantity} 件的含税价格，交货地点：{city}。希望本周五之前收到报价，谢谢。",
        ),
        (
            "您好，报价单见附件。总价人民币 {amount} 元，含税，交货期六周。",
            "价格可以接受，请问能否把交货期缩短到四周？",
            "已与车间确认，可以五周交货。",
        ),
        "offers",
        "pdf",
        True,
    ),
    Topic(
        "采购订单 {number}",
        (
            "您好！\n\n附件为采购订单 {number}：{product}，数量 {quantity}，请于第 {week} 周前交到{city}仓库。\n\n"
            "收到后请盖章回传。",
        ),
        ("订单已收到，盖章件下午回传。", "好的，谢谢！"),
        "orders",
        "csv",
        True,
    ),
    Topic(
        "{year}年度供货合同（草稿）",
        (
            "您好！\n\n{year}年度供货合同草稿见附件。与去年相比，主要调整了第五条（质量保证）和第八条（价格调整）。\n\n"
            "请法务审阅后反馈意见。",
        ),
        (
            "第八条我们建议把调价幅度改为百分之五，其余没有意见。",
            "同意。修改后的版本见附件，请安排签字。",
            "合同已签字盖章，原件今天用快递寄出。",
        ),
        "contracts",
        "pdf",
        True,
    ),
    Topic(
        "增值税发票 {number}",
        ("您好！\n\n{month}货款的增值税发票 {number} 已开具，金额 {amount} 元，电子版见附件，请查收。",),
        ("发票已收到，款项将于本月底汇出。", "款项已收到，谢谢！"),
        "invoices",
        "pdf",
        True,
    ),
    Topic(
        "{month}对账单",
        ("您好！\n\n附件是{month}的对账单，请核对。如无异议，请在三个工作日内确认。",),
        (
            "其中一笔 {amount} 元与我方记录不符，请再核对一下。",
            "已核对，是运费重复计算，更正后的对账单见附件。",
        ),
        "invoices",
        "csv",
        True,
    ),
    Topic(
        "集装箱 {number} 装船通知",
        (
            "您好！\n\n集装箱 {number} 已于昨日在{city}港装船，预计第 {week} 周到达汉堡。提单正本今天寄出。",
            "您好！\n\n受台风影响，{city}港的船期推迟两天。新的船期确认后马上通知您。",
        ),
        ("收到，谢谢。请同时把装箱单发给 David。", "好的，装箱单见附件。"),
        "logistics",
        "",
        True,
    ),
    Topic(
        "{product}质量问题反馈",
        ("您好！\n\n客户反映批次 {number} 的{product}有两件在阀杆处渗漏，照片见附件。请尽快分析原因，并安排补货。",),
        (
            "非常抱歉给您带来不便。两件补货今天已发出，原因分析报告下周一提交。",
            "报告已收到。请在后续批次中增加密封圈的抽检比例。",
        ),
        "quality",
        "png",
        True,
    ),
    Topic(
        "项目例会纪要（第 {week} 周）",
        (
            "各位好！\n\n今天例会的结论如下：\n\n1. 新仓库的图纸本周内定稿；\n2. 消防验收安排在{month}下旬；\n"
            "3. 设备采购清单由陈小明负责更新；\n4. 下次例会时间：下周二上午十点。\n\n如有遗漏，请直接回复补充。",
        ),
        ("补充一点：电梯的合同还需要李娜确认付款节点。", "已确认，按三三四付款。"),
        "projects",
        "",
        True,
        internal=True,
    ),
    Topic(
        "仓库改造进度（{month}）",
        ("您好！\n\n仓库改造本月完成了地坪和货架基础，进度与计划一致，见附图。\n\n下月开始安装货架，预计用时两周。",),
        ("进度不错。请注意雨季的防水。", "好的，已经和施工队说过了。"),
        "projects",
        "png",
        True,
    ),
    Topic(
        "{city}展会参展安排",
        ("您好！\n\n今年{city}展会的展位已确认，附件是日程。布展时间为开幕前两天，请提前报送参展人员名单。",),
        ("名单：陈小明、张波、Anna Lindqvist，共三人。", "收到，参展证将在开幕前一周寄出。"),
        "fairs",
        "ics",
        True,
    ),
    Topic(
        "{month}放假安排",
        ("各位同事：\n\n{month}放假安排见附件日历。放假期间如有紧急发货，请联系值班手机。\n\n祝大家假期愉快！",),
        ("收到，谢谢！",),
        "staff",
        "ics",
        True,
        internal=True,
    ),
    Topic(
        "{month}费用报销",
        ("{to}你好，\n\n{month}的差旅费用共 {amount} 元，明细见附件，纸质票据已放在你桌上。",),
        ("还缺一张{city}的酒店发票，麻烦补一下。", "已补，刚放到你桌上。", "已审核，随下周工资一起发放。"),
        "staff",
        "csv",
        True,
        internal=True,
    ),
    Topic(
        "{year}年审计资料清单",
        ("您好！\n\n为配合年度审计，请在{month}底前准备：银行函证、期末存货清单、往来款明细以及重大合同复印件。",),
        ("往来款明细见附件，银行函证已寄出。", "资料已齐，谢谢配合。"),
        "figures",
        "csv",
        True,
    ),
)

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTHS_CHINESE = (
    "一月",
    "二月",
    "三月",
    "四月",
    "五月",
    "六月",
    "七月",
    "八月",
    "九月",
    "十月",
    "十一月",
    "十二月",
)

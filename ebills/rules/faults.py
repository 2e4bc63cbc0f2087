"""What can be wrong with a biller's file: a stable code and a plain sentence each. Data."""

from collections.abc import Mapping
from enum import StrEnum

from services.words import msgid


class FaultCode(StrEnum):
    """The stable names, which billing systems may rely on."""

    NOT_UTF8 = "not_utf8"
    BYTE_ORDER_MARK = "byte_order_mark"
    LINE_TOO_LONG = "line_too_long"
    NOT_CSV = "not_csv"
    CONTROL = "control_malformed"
    HEADER = "header_wrong"
    TOO_MANY_BILLS = "too_many_bills"
    COLUMNS = "columns_wrong"
    NOT_A_CODE = "not_a_code"
    NOT_TEXT = "not_text"
    NOT_WHOLE = "not_a_whole_number"
    NOT_A_DATE = "not_a_date"
    NOT_CNY = "currency_wrong"
    NOT_LINES = "lines_malformed"
    WRONG_SUM = "sum_wrong"
    WRONG_ORDER = "dates_out_of_order"
    IN_FUTURE = "date_in_future"
    PAID_TOO_MUCH = "paid_too_much"
    PAID_WITHOUT_DATE = "paid_date_mismatch"
    PAID_LESS = "paid_less_than_before"
    REPEATED_NUMBER = "number_repeated"
    CONTENT_CHANGED = "content_changed"
    WRONG_COUNT = "count_wrong"
    WRONG_TOTAL = "total_wrong"


FAULT_TITLES: Mapping[FaultCode, str] = {
    FaultCode.NOT_UTF8: msgid("文件要用 UTF-8 编码"),
    FaultCode.BYTE_ORDER_MARK: msgid("文件开头不要带字节顺序标记（BOM）"),
    FaultCode.LINE_TOO_LONG: msgid("这一行太长"),
    FaultCode.NOT_CSV: msgid("引号没有配对，或一张账单跨了两行"),
    FaultCode.CONTROL: msgid("第一行写控制行：标记、版本、单位、张数、总额"),
    FaultCode.HEADER: msgid("第二行照样写列名"),
    FaultCode.TOO_MANY_BILLS: msgid("一个文件里的账单太多，请分开"),
    FaultCode.COLUMNS: msgid("列数不对"),
    FaultCode.NOT_A_CODE: msgid("只用大写字母、数字和短横线"),
    FaultCode.NOT_TEXT: msgid("要写文字，不带控制字符，不太长"),
    FaultCode.NOT_WHOLE: msgid("要写整数，不带小数点、逗号和单位"),
    FaultCode.NOT_A_DATE: msgid("日期写成 2026-11-28 这样"),
    FaultCode.NOT_CNY: msgid("币种写 CNY"),
    FaultCode.NOT_LINES: msgid("明细写成 名称=金额（分），用竖线隔开"),
    FaultCode.WRONG_SUM: msgid("金额要等于各行之和"),
    FaultCode.WRONG_ORDER: msgid("日期的先后不对"),
    FaultCode.IN_FUTURE: msgid("缴费日期还没到"),
    FaultCode.PAID_TOO_MUCH: msgid("已缴不能多于金额"),
    FaultCode.PAID_WITHOUT_DATE: msgid("缴过的要有缴费日期，没缴的不写"),
    FaultCode.PAID_LESS: msgid("已缴比以前导入的少；退款请另开单"),
    FaultCode.REPEATED_NUMBER: msgid("同一文件里账单号不能重复"),
    FaultCode.CONTENT_CHANGED: msgid("这个账单号以前导入过，内容不能改；请用新的账单号"),
    FaultCode.WRONG_COUNT: msgid("控制行的张数和文件里的张数不等"),
    FaultCode.WRONG_TOTAL: msgid("控制行的总额和各张账单之和不等"),
}

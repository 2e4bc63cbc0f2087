"""The words the demo city is invented from. Nobody here exists."""

SURNAMES = "林陈王李张刘赵周吴徐孙马朱胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾"
GIVEN_FEMALE = (
    "晓岚", "静怡", "秀英", "桂兰", "雅琴", "思雨", "梦洁", "玉华", "淑珍", "佳宁", "若溪", "丽娟",
    "文慧", "春梅", "雪莹", "婉清", "巧云", "月娥", "小禾", "诗涵", "子萱", "欣怡", "一诺", "可馨",
)  # fmt: skip
GIVEN_MALE = (
    "建国", "志强", "文博", "子轩", "浩然", "国栋", "永福", "德明", "海波", "俊杰", "伟民", "长青",
    "立新", "景行", "思远", "宏图", "启明", "家豪", "宇航", "天佑", "沐辰", "奕辰", "泽宇", "书航",
)  # fmt: skip
DISTRICTS = (("310101", "东岸区"), ("310104", "西浦区"), ("310105", "临港区"), ("310110", "南苑区"))
STREETS = ("和平路", "梧桐街", "滨江大道", "新月路", "书院弄", "青松里", "长乐路", "望海街")
TRADES = (
    ("恒通物业", "Hengtong Property"), ("安康药房", "Ankang Pharmacy"), ("远景软件", "Yuanjing Software"),
    ("春晖幼托", "Chunhui Nursery"), ("江南食品", "Jiangnan Foods"), ("启明照明", "Qiming Lighting"),
    ("顺达物流", "Shunda Logistics"), ("碧波水务工程", "Bibo Waterworks"), ("金穗粮油", "Jinsui Grain"),
    ("华新建筑", "Huaxin Construction"),
)  # fmt: skip
PLACES = (("东岸", "Dong'an"), ("西浦", "Xipu"), ("临港", "Lingang"), ("南苑", "Nanyuan"))

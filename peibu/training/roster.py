"""The roster an enterprise sends (QD97.3.3): its columns, as offices head them."""

from peibu.intake import Column, TableSpec
from peibu.registry.enums import ManagementLevel

MAX_PEOPLE = 2000
QUEUED_FROM = 201
"""From so many people on a roster is read by the job worker, with a progress bar."""

LEVEL_WORDS = {str(level.label): str(level.value) for level in ManagementLevel if level != ManagementLevel.UNKNOWN}


def roster_spec() -> TableSpec:
    """The table as it is offered for download and read on arrival."""
    return TableSpec(
        title="工业互联网职业技能提升培训报名人员花名册",
        max_rows=MAX_PEOPLE,
        columns=[
            Column(name="name", label="姓名", aliases=("人员姓名", "职工姓名"), kind="name", help="与身份证一致"),
            Column(
                name="id_number",
                label="身份证号码",
                aliases=("身份证号", "身份证", "证件号码", "证件号", "公民身份号码"),
                kind="id_number",
                unique=True,
                help="单元格设为文本后填写18位号码",
            ),
            Column(
                name="mobile",
                label="手机号码",
                aliases=("手机", "手机号", "联系电话", "电话", "联系方式", "移动电话"),
                kind="mobile",
                required=False,
                help="用于通知参训，可不填",
            ),
            Column(
                name="post", label="职务", aliases=("岗位", "职位", "现任职务"), max_length=60, help="如：生产部经理"
            ),
            Column(
                name="level",
                label="管理层级",
                aliases=("层级", "管理级别", "级别"),
                kind="choice",
                choices=LEVEL_WORDS,
                help="从列表中选择",
            ),
            Column(
                name="level_evidence",
                label="层级依据",
                aliases=("任职文件", "任命文件", "任职依据"),
                required=False,
                max_length=120,
                help="任职文件名称或文号，可不填",
            ),
        ],
    )

"""What stops an entry of an import."""

from health_file.errors.resources import ResourceInvalid
from services.errors import CitizenError
from services.words import msgid


class EntryMalformed(ResourceInvalid):
    """An entry of an import that cannot be taken apart, or that asks for something else than to be kept."""

    code = "health_file.entry_malformed"
    status = 400
    title = msgid("这一条读不了：%(count)d 处要改")


class EntryTwice(CitizenError):
    """Two entries of one import bear the same name and say different things."""

    code = "health_file.entry_twice"
    status = 409
    title = msgid("同一次导入里，有两条用同一个名称而内容不同。只收第一条")


class ChangedHere(CitizenError):
    """What an import brought before was changed or deleted here since."""

    code = "health_file.changed_here"
    status = 409
    title = msgid("这条记录导入以后，在这里改过或删过。导入不覆盖它")


class EntryChanged(CitizenError):
    """A file of an import changed between its two passes."""

    code = "health_file.entry_changed"
    status = 409
    title = msgid("导入进行时文件变了，这一条没有收。请再导入一次")


class ReferencesLeft(ResourceInvalid):
    """References of an imported resource to what neither the import nor the file holds; they stay as they were sent."""

    code = "health_file.references_left"
    status = 200
    title = msgid("有 %(count)d 处引用没有找到所指的记录，按原样保留")


class PatientKept(CitizenError):
    """The resident has a Patient of another clinic's; the import's own is left out, its records go into that file."""

    code = "health_file.patient_kept"
    status = 200
    title = msgid("这位居民已有健康档案首页，导入的首页没有写入，其余记录照常导入")


class EntryFailed(CitizenError):
    """An entry that the database would not take; nothing of it was kept."""

    code = "health_file.entry_failed"
    status = 500
    title = msgid("这一条没有存进去，别的不受影响。请联系系统运行人员")

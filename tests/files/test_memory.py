"""How much memory there is: what the kernel says, of the machine and of groups."""

from maskexpr.files import memory


def lay_out(folder, monkeypatch, groups, info="MemTotal: 9000 kB\nMemAvailable: 8000 kB\n", **files):
    (folder / "meminfo").write_text(info)
    (folder / "cgroup").write_text(groups)
    for name, text in files.items():
        path = folder / "groups" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(memory, "_INFO", folder / "meminfo")
    monkeypatch.setattr(memory, "_OF_PROCESS", folder / "cgroup")
    monkeypatch.setattr(memory, "_GROUPS", folder / "groups")


def test_of_the_machine(tmp_path, monkeypatch):
    lay_out(tmp_path, monkeypatch, "0::/\n")
    assert memory.available() == 8000 * 1024


def test_of_a_group_and_those_it_is_in(tmp_path, monkeypatch):
    files = {
        "a__b__memory_dot_max": "max\n",
        "a__b__memory_dot_current": "5000\n",
        "a__memory_dot_max": "1000000\n",
        "a__memory_dot_current": "400000\n",
        "a__memory_dot_stat": "anon 3\ninactive_file 100000\n",
    }
    lay_out(tmp_path, monkeypatch, "0::/a/b\n", **files)
    assert memory.available() == 700_000


def test_of_an_older_kernel(tmp_path, monkeypatch):
    files = {
        "memory__job__memory_dot_limit_in_bytes": "900000\n",
        "memory__job__memory_dot_usage_in_bytes": "600000\n",
        "memory__job__memory_dot_stat": "total_inactive_file 300000\n",
    }
    lay_out(tmp_path, monkeypatch, "5:cpu:/job\n4:memory:/job\n", **files)
    assert memory.available() == 600_000  # of what could be given back


def test_where_nothing_is_said(tmp_path, monkeypatch):
    lay_out(tmp_path, monkeypatch, "", info="")
    monkeypatch.delattr("os.sysconf", raising=False)
    assert memory.available() is None

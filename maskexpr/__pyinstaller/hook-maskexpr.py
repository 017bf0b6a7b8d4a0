"""For PyInstaller: the grammar, and what is imported by name when it is needed."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

datas = collect_data_files("maskexpr")
hiddenimports = [
    *collect_submodules("maskexpr", filter=lambda name: "__pyinstaller" not in name),
    *("scipy.ndimage", "scipy.optimize", "scipy.sparse", "scipy.sparse.csgraph", "scipy.spatial", "scipy.stats"),
    "imageio.plugins.pillow",
]

"""For PyInstaller: the grammar, helpers of exports, and what is imported by name when it is needed."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

datas = collect_data_files("maskexpr")
datas += collect_data_files("maskexpr.exporting.helpers", include_py_files=True)  # whose text is exported
hiddenimports = [
    *collect_submodules("maskexpr", filter=lambda name: "__pyinstaller" not in name),
    *("scipy.ndimage", "scipy.optimize", "scipy.sparse", "scipy.sparse.csgraph", "scipy.spatial", "scipy.stats"),
    "imageio.plugins.pillow",
]

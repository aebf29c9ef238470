"""Cut the font of the formulas out of DejaVu Math TeX Gyre: book/_static/maths.woff.

    python tools/make_maths_font.py DejaVuMathTeXGyre.ttf

The font comes with Debian's package fonts-dejavu-extra, and from https://dejavu-fonts.github.io. A browser
needs a font with a table of mathematical measures, or fraction bars run through their denominators.
"""

import argparse
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTLibError

from book import ROOT, stop

TARGET = ROOT / "book/_static/maths.woff"
ASCII = "".join(map(chr, range(0x20, 0x7F))) + "\N{NO-BREAK SPACE}"
GREEK = "αβγδεζηθικλμνξπρστυφχψωϕϵΓΔΘΛΞΠΣΦΨΩ"
SIGNS = "±·×÷−∗∘⋅…⋯′″ˆ˜¯˙←→⇒⇔↦⟶∂∇∈∉∑∏∫√∞≈≠≤≥≪≫∼≡∝⊙⊤∣∥‖⟨⟩⌈⌉⌊⌋ℓℝ"
# What a browser shows for a letter that is a variable: italic, where h has a place of its own
ITALIC = "ℎ" + "".join(chr(0x1D434 + i) for i in range(52) if i != 33)
ITALIC_GREEK = "".join(chr(0x1D6FC + i) for i in range(31))


def cut(source, target):
    """Write the subset of a font file that formulas need, with all sizes of brackets and roots, as WOFF."""
    options = subset.Options(flavor="woff", layout_features=[], hinting=False, notdef_outline=True)
    options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=ASCII + GREEK + SIGNS + ITALIC + ITALIC_GREEK)
    cutter.subset(font)
    subset.save_font(font, str(target), options)


def main():
    """Cut the font that is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    source = parser.parse_args().source
    try:
        cut(source, TARGET)
    except (OSError, TTLibError) as error:
        stop(f"{source} cannot be read as a font: {error}")
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size / 1000:.1f} kB")


if __name__ == "__main__":
    main()

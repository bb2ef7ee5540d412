"""The families of instance types, one row each: what a family is built as, which sizes it has, how many disks.

`amimodel.instance_types` makes the types out of these rows, and says what each build means. The rows name every family
and every size of EC2's enumeration, so a name that is not here is not an instance type.

Source: botocore 1.44.5, shape InstanceType (names); answers of DescribeInstanceTypes recorded in 2026 (facts, disk
counts); EC2 User Guide of 2023, "Amazon EC2 instance store" (disks of types that are no longer described); rules A 4.3,
5.2, 5.3, 5.6, BO-3, TP-5, Q11, Q12, Q16, which stand above the recording wherever they say something else.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

Build: TypeAlias = Literal[
    "xen pv micro",
    "xen pv",
    "xen pv 32",
    "xen pv hvm",
    "xen pv hvm 32",
    "xen",
    "xen 32",
    "xen s3",
    "xen ena",
    "xen ena s3",
    "nitro",
    "nitro tpm",
    "nitro bios",
    "arm",
    "arm tpm",
    "metal x86",
    "metal arm",
    "mac x86",
    "mac arm",
]


class Disks(NamedTuple):
    """How many instance store volumes each size has, in the order of the sizes and then of the metal sizes."""

    counts: str
    nvme: bool


def nvme(counts: str) -> Disks:
    """Volumes that are always present, whatever is mapped (rule A IS-4). "?" is a number not recorded."""
    return Disks(counts, nvme=True)


def mapped(counts: str) -> Disks:
    """Volumes that are there only when mapped (rule A IS-5)."""
    return Disks(counts, nvme=False)


# fmt: off
# Ladders of sizes that families share. "4xl" is "4xlarge", as in EC2's own "metal-24xl".
T:                   Final = "nano micro small medium large xl 2xl"
DOUBLING:            Final = "large xl 2xl 4xl 8xl 16xl"
C5:                  Final = "large xl 2xl 4xl 9xl 12xl 18xl 24xl"
THREES:              Final = "large xl 2xl 3xl 6xl 12xl"
THREES_TO_48:        Final = f"{THREES} 18xl 24xl 48xl"
THREES_TO_24:        Final = "large xl 3xl 6xl 12xl 24xl"
MEDIUM_THREES_TO_24: Final = f"medium {THREES_TO_24}"
TO_8:                Final = "large xl 2xl 4xl 8xl"
TO_12:               Final = f"{TO_8} 12xl"
TO_16:               Final = f"{TO_12} 16xl"
TO_16_32:            Final = f"{TO_16} 32xl"
TO_24:               Final = f"{TO_16} 24xl"
TO_32:               Final = f"{TO_24} 32xl"
TO_48:               Final = f"{TO_24} 48xl"
TO_32_48:            Final = f"{TO_32} 48xl"
TO_96:               Final = f"{TO_32_48} 96xl"
X8I:                 Final = f"{TO_32_48} 64xl 96xl"
MEDIUM_TO_16:        Final = f"medium {TO_16}"
MEDIUM_TO_48:        Final = f"medium {TO_48}"
MEDIUM_TO_32_48:     Final = f"medium {TO_32_48}"
G:                   Final = "xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl"
G7:                  Final = "2xl 4xl 8xl 12xl 24xl 48xl"
METAL:               Final = "metal"
METAL_48:            Final = "metal-48xl"
METAL_12_24:         Final = "metal-12xl metal-24xl"
METAL_16_32:         Final = "metal-16xl metal-32xl"
METAL_24_48:         Final = "metal-24xl metal-48xl"
METAL_48_96:         Final = "metal-48xl metal-96xl"

# (family, what its sizes are built as, sizes, bare metal sizes, instance store)
#
# 42 types are in no recording: all of CC1, CC2, CG1, CR1, DL1, F1, G2, G3, G3s, G4ad, HI1, HS1, P2, P3, P6e, U7ib and
# U7inh; of U-* the metal sizes and, from 9 TB on, 112xlarge; i3.metal, m9g.metal-24xl and m9gd.metal-24xl. Where no
# rule names them they are built as their kin are: Xen without ENA before 2016, with it in 2016 and 2017, then Nitro.
FAMILIES: Final[tuple[tuple[str, Build, str, str, Disks | None], ...]] = (
    # General purpose
    ("m1",           "xen pv",       "small medium large xl",          "",          mapped("1 1 2 4")),
    ("m2",           "xen pv",       "xl 2xl 4xl",                     "",          mapped("1 1 2")),
    ("m3",           "xen pv hvm",   "medium large xl 2xl",            "",          mapped("1 1 2 2")),
    ("m4",           "xen",          "large xl 2xl 4xl 10xl 16xl",     "",          None),
    ("m5",           "nitro tpm",    TO_24,                            METAL,       None),
    ("m5a",          "nitro tpm",    TO_24,                            "",          None),
    ("m5ad",         "nitro tpm",    TO_24,                            "",          nvme("1 1 1 2 2 2 4 4")),
    ("m5d",          "nitro tpm",    TO_24,                            METAL,       nvme("1 1 1 2 2 2 4 4  4")),
    ("m5dn",         "nitro tpm",    TO_24,                            METAL,       nvme("1 1 1 2 2 2 4 4  4")),
    ("m5n",          "nitro tpm",    TO_24,                            METAL,       None),
    ("m5zn",         "nitro tpm",    THREES,                           METAL,       None),
    ("m6a",          "nitro tpm",    TO_32_48,                         METAL,       None),
    ("m6g",          "arm tpm",      MEDIUM_TO_16,                     METAL,       None),
    ("m6gd",         "arm tpm",      MEDIUM_TO_16,                     METAL,       nvme("1 1 1 1 1 1 2 2  2")),
    ("m6i",          "nitro tpm",    TO_32,                            METAL,       None),
    ("m6id",         "nitro tpm",    TO_32,                            METAL,       nvme("1 1 1 1 1 2 2 4 4  4")),
    ("m6idn",        "nitro tpm",    TO_32,                            METAL,       nvme("1 1 1 1 1 2 2 4 4  4")),
    ("m6in",         "nitro tpm",    TO_32,                            METAL,       None),
    ("m7a",          "nitro tpm",    MEDIUM_TO_32_48,                  METAL_48,    None),
    ("m7g",          "arm tpm",      MEDIUM_TO_16,                     METAL,       None),
    ("m7gd",         "arm tpm",      MEDIUM_TO_16,                     METAL,       nvme("1 1 1 1 1 1 2 2  2")),
    ("m7i",          "nitro tpm",    TO_48,                            METAL_24_48, None),
    ("m7i-flex",     "nitro tpm",    TO_16,                            "",          None),
    ("m8a",          "nitro tpm",    MEDIUM_TO_48,                     METAL_24_48, None),
    ("m8azn",        "nitro tpm",    MEDIUM_THREES_TO_24,              METAL_12_24, None),
    ("m8g",          "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    ("m8gb",         "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    ("m8gd",         "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, nvme("1 1 1 1 1 1 3 2 3 6  3 6")),
    ("m8gn",         "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    ("m8i",          "nitro tpm",    TO_96,                            METAL_48_96, None),
    ("m8i-flex",     "nitro tpm",    TO_16,                            "",          None),
    ("m8ib",         "nitro tpm",    TO_96,                            METAL_48_96, None),
    ("m8id",         "nitro tpm",    TO_96,                            METAL_48_96, nvme("1 1 1 1 1 1 1 2 2 3 6  3 6")),
    ("m8idb",        "nitro tpm",    TO_96,                            METAL_48_96, nvme("1 1 1 1 1 1 1 2 2 3 6  3 6")),
    ("m8idn",        "nitro tpm",    TO_96,                            METAL_48_96, nvme("1 1 1 1 1 1 1 2 2 3 6  3 6")),
    ("m8in",         "nitro tpm",    TO_96,                            METAL_48_96, None),
    ("m8ine",        "nitro tpm",    TO_12,                            "",          None),
    # Newer than the list of rule A TP-5: M9*, T8i, C9*, R9* and G7 have NitroTPM by the recording alone.
    ("m9g",          "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    # The disks of m9gd.metal-24xl are in no source; those of the other sizes are recorded.
    ("m9gd",         "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, nvme("1 1 1 1 1 1 3 1 3 3  ? 3")),
    ("t1",           "xen pv micro", "micro",                          "",          None),
    ("t2",           "xen",          T,                                "",          None),
    ("t3",           "nitro tpm",    T,                                "",          None),
    ("t3a",          "nitro tpm",    T,                                "",          None),
    ("t4g",          "arm tpm",      T,                                "",          None),
    ("t8i",          "nitro tpm",    "nano micro small medium",        "",          None),
    ("a1",           "arm",          "medium large xl 2xl 4xl",        METAL,       None),
    # Compute optimized
    ("c1",           "xen pv",       "medium xl",                      "",          mapped("1 4")),
    ("c3",           "xen pv hvm",   TO_8,                             "",          mapped("2 2 2 2 2")),
    ("c4",           "xen",          TO_8,                             "",          None),
    ("c5",           "nitro tpm",    C5,                               METAL,       None),
    ("c5a",          "nitro tpm",    TO_24,                            "",          None),
    ("c5ad",         "nitro tpm",    TO_24,                            "",          nvme("1 1 1 2 2 2 2 2")),
    ("c5d",          "nitro tpm",    C5,                               METAL,       nvme("1 1 1 1 1 2 2 4  4")),
    ("c5n",          "nitro tpm",    "large xl 2xl 4xl 9xl 18xl",      METAL,       None),
    ("c6a",          "nitro tpm",    TO_32_48,                         METAL,       None),
    ("c6g",          "arm tpm",      MEDIUM_TO_16,                     METAL,       None),
    ("c6gd",         "arm tpm",      MEDIUM_TO_16,                     METAL,       nvme("1 1 1 1 1 1 2 2  2")),
    ("c6gn",         "arm tpm",      MEDIUM_TO_16,                     "",          None),
    ("c6i",          "nitro tpm",    TO_32,                            METAL,       None),
    ("c6id",         "nitro tpm",    TO_32,                            METAL,       nvme("1 1 1 1 1 2 2 4 4  4")),
    ("c6in",         "nitro tpm",    TO_32,                            METAL,       None),
    ("c7a",          "nitro tpm",    MEDIUM_TO_32_48,                  METAL_48,    None),
    ("c7g",          "arm tpm",      MEDIUM_TO_16,                     METAL,       None),
    ("c7gd",         "arm tpm",      MEDIUM_TO_16,                     METAL,       nvme("1 1 1 1 1 1 2 2  2")),
    ("c7gn",         "arm tpm",      MEDIUM_TO_16,                     METAL,       None),
    ("c7i",          "nitro tpm",    TO_48,                            METAL_24_48, None),
    ("c7i-flex",     "nitro tpm",    TO_16,                            "",          None),
    ("c8a",          "nitro tpm",    MEDIUM_TO_48,                     METAL_24_48, None),
    ("c8g",          "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    ("c8gb",         "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    ("c8gd",         "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, nvme("1 1 1 1 1 1 3 2 3 6  3 6")),
    ("c8gn",         "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    ("c8i",          "nitro tpm",    TO_96,                            METAL_48_96, None),
    ("c8i-flex",     "nitro tpm",    TO_16,                            "",          None),
    ("c8ib",         "nitro tpm",    TO_96,                            METAL_48_96, None),
    ("c8id",         "nitro tpm",    TO_96,                            METAL_48_96, nvme("1 1 1 1 1 1 1 2 2 3 6  3 6")),
    ("c8in",         "nitro tpm",    TO_96,                            METAL_48_96, None),
    ("c8ine",        "nitro tpm",    TO_12,                            "",          None),
    ("c9g",          "arm tpm",      MEDIUM_TO_48,                     METAL_48,    None),
    ("c9gd",         "arm tpm",      MEDIUM_TO_48,                     METAL_48,    nvme("1 1 1 1 1 1 3 1 3 3  3")),
    # CC1, CG1 and HI1 are gone from the guide of 2023, too: their disks are those that older guides gave.
    ("cc1",          "xen",          "4xl",                            "",          mapped("2")),
    ("cc2",          "xen",          "8xl",                            "",          mapped("4")),
    # Memory optimized
    ("r3",           "xen s3",       TO_8,                             "",          mapped("1 1 1 1 2")),
    ("r4",           "xen ena",      DOUBLING,                         "",          None),
    ("r5",           "nitro tpm",    TO_24,                            METAL,       None),
    ("r5a",          "nitro tpm",    TO_24,                            "",          None),
    ("r5ad",         "nitro tpm",    TO_24,                            "",          nvme("1 1 1 2 2 2 4 4")),
    ("r5b",          "nitro tpm",    TO_24,                            METAL,       None),
    ("r5d",          "nitro tpm",    TO_24,                            METAL,       nvme("1 1 1 2 2 2 4 4  4")),
    ("r5dn",         "nitro tpm",    TO_24,                            METAL,       nvme("1 1 1 2 2 2 4 4  4")),
    ("r5n",          "nitro tpm",    TO_24,                            METAL,       None),
    ("r6a",          "nitro tpm",    TO_32_48,                         METAL,       None),
    ("r6g",          "arm tpm",      MEDIUM_TO_16,                     METAL,       None),
    ("r6gd",         "arm tpm",      MEDIUM_TO_16,                     METAL,       nvme("1 1 1 1 1 1 2 2  2")),
    ("r6i",          "nitro tpm",    TO_32,                            METAL,       None),
    ("r6id",         "nitro tpm",    TO_32,                            METAL,       nvme("1 1 1 1 1 2 2 4 4  4")),
    ("r6idn",        "nitro tpm",    TO_32,                            METAL,       nvme("1 1 1 1 1 2 2 4 4  4")),
    ("r6in",         "nitro tpm",    TO_32,                            METAL,       None),
    ("r7a",          "nitro tpm",    MEDIUM_TO_32_48,                  METAL_48,    None),
    ("r7g",          "arm tpm",      MEDIUM_TO_16,                     METAL,       None),
    ("r7gd",         "arm tpm",      MEDIUM_TO_16,                     METAL,       nvme("1 1 1 1 1 1 2 2  2")),
    ("r7i",          "nitro tpm",    TO_48,                            METAL_24_48, None),
    ("r7iz",         "nitro tpm",    TO_16_32,                         METAL_16_32, None),
    ("r8a",          "nitro tpm",    MEDIUM_TO_48,                     METAL_24_48, None),
    ("r8g",          "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    ("r8gb",         "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    ("r8gd",         "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, nvme("1 1 1 1 1 1 3 2 3 6  3 6")),
    ("r8gn",         "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    ("r8i",          "nitro tpm",    TO_96,                            METAL_48_96, None),
    ("r8i-flex",     "nitro tpm",    TO_16,                            "",          None),
    ("r8ib",         "nitro tpm",    TO_96,                            METAL_48_96, None),
    ("r8id",         "nitro tpm",    TO_96,                            METAL_48_96, nvme("1 1 1 1 1 1 1 2 2 3 6  3 6")),
    ("r8idb",        "nitro tpm",    TO_96,                            METAL_48_96, nvme("1 1 1 1 1 1 1 2 2 3 6  3 6")),
    ("r8idn",        "nitro tpm",    TO_96,                            METAL_48_96, nvme("1 1 1 1 1 1 1 2 2 3 6  3 6")),
    ("r8in",         "nitro tpm",    TO_96,                            METAL_48_96, None),
    ("r9g",          "arm tpm",      MEDIUM_TO_48,                     METAL_48,    None),
    ("r9gd",         "arm tpm",      MEDIUM_TO_48,                     METAL_48,    nvme("1 1 1 1 1 1 3 1 3 3  3")),
    ("x1",           "xen ena s3",   "16xl 32xl",                      "",          mapped("1 2")),
    ("x1e",          "xen ena",      "xl 2xl 4xl 8xl 16xl 32xl",       "",          mapped("1 1 1 1 1 2")),
    ("x2gd",         "arm",          MEDIUM_TO_16,                     METAL,       nvme("1 1 1 1 1 1 2 2  2")),
    ("x2idn",        "nitro tpm",    "16xl 24xl 32xl",                 METAL,       nvme("1 2 2  2")),
    ("x2iedn",       "nitro tpm",    "xl 2xl 4xl 8xl 16xl 24xl 32xl",  METAL,       nvme("1 1 1 1 1 2 2  2")),
    ("x2iezn",       "nitro tpm",    "2xl 4xl 6xl 8xl 12xl",           METAL,       None),
    ("x8aedz",       "nitro tpm",    THREES_TO_24,                     METAL_12_24, nvme("1 1 1 1 1 2  1 2")),
    ("x8g",          "arm tpm",      MEDIUM_TO_48,                     METAL_24_48, None),
    ("x8i",          "nitro tpm",    X8I,                              METAL_48_96, None),
    ("z1d",          "nitro tpm",    THREES,                           METAL,       nvme("1 1 1 1 1 2  2")),
    ("cr1",          "xen",          "8xl",                            "",          mapped("2")),
    ("u-3tb1",       "nitro bios",   "56xl",                           "",          None),
    ("u-6tb1",       "nitro bios",   "56xl 112xl",                     METAL,       None),
    ("u-9tb1",       "nitro bios",   "112xl",                          METAL,       None),
    ("u-12tb1",      "nitro bios",   "112xl",                          METAL,       None),
    ("u-18tb1",      "nitro bios",   "112xl",                          METAL,       None),
    ("u-24tb1",      "nitro bios",   "112xl",                          METAL,       None),
    ("u7i-6tb",      "nitro tpm",    "112xl",                          "",          None),
    ("u7i-8tb",      "nitro tpm",    "112xl",                          "",          None),
    ("u7i-12tb",     "nitro tpm",    "224xl",                          "",          None),
    # U7ib and U7inh are neither recorded nor in the list of rule A TP-5: no NitroTPM until a source says so.
    ("u7ib-12tb",    "nitro",        "224xl",                          "",          None),
    ("u7in-16tb",    "nitro tpm",    "224xl",                          "",          None),
    ("u7in-24tb",    "nitro tpm",    "224xl",                          "",          None),
    ("u7in-32tb",    "nitro tpm",    "224xl",                          "",          None),
    ("u7inh-32tb",   "nitro",        "480xl",                          "",          None),
    # Storage optimized
    ("d2",           "xen s3",       "xl 2xl 4xl 8xl",                 "",          mapped("3 6 12 24")),
    # D3 and D3en show their hard disks through NVMe, so these are always present.
    ("d3",           "nitro tpm",    "xl 2xl 4xl 8xl",                 "",          nvme("3 6 12 24")),
    ("d3en",         "nitro tpm",    "xl 2xl 4xl 6xl 8xl 12xl",        "",          nvme("2 4 8 12 16 24")),
    ("h1",           "xen ena",      "2xl 4xl 8xl 16xl",               "",          mapped("1 2 4 8")),
    # Rule A Q11: paravirtual in the guide of 2023, no longer in the present one.
    ("hs1",          "xen",          "8xl",                            "",          mapped("24")),
    # It took paravirtual images once; rule A 5.3 no longer names it.
    ("hi1",          "xen",          "4xl",                            "",          mapped("2")),
    ("i2",           "xen s3",       "xl 2xl 4xl 8xl",                 "",          mapped("1 2 4 8")),
    ("i3",           "xen ena",      DOUBLING,                         METAL,       nvme("1 1 1 2 4 8  8")),
    ("i3en",         "nitro tpm",    "large xl 2xl 3xl 6xl 12xl 24xl", METAL,       nvme("1 1 2 1 2 4 8  8")),
    ("i4g",          "arm",          DOUBLING,                         "",          nvme("1 1 1 1 2 4")),
    ("i4i",          "nitro tpm",    TO_32,                            METAL,       nvme("1 1 1 1 2 3 4 6 8  8")),
    ("i7i",          "nitro tpm",    TO_48,                            METAL_24_48, nvme("1 1 1 1 2 3 4 6 12  6 12")),
    ("i7ie",         "nitro tpm",    THREES_TO_48,                     METAL_24_48, nvme("1 1 2 1 2 4 6 8 16  8 16")),
    ("i8g",          "arm tpm",      TO_48,                            METAL_24_48, nvme("1 1 1 1 2 3 4 6 12  6 12")),
    ("i8ge",         "arm tpm",      THREES_TO_48,                     METAL_24_48, nvme("1 1 2 1 2 4 6 8 16  8 16")),
    ("im4gn",        "arm tpm",      DOUBLING,                         "",          nvme("1 1 1 1 2 4")),
    ("is4gen",       "arm",          "medium large xl 2xl 4xl 8xl",    "",          nvme("1 1 1 1 2 4")),
    # Accelerated computing
    ("p2",           "xen ena",      "xl 8xl 16xl",                    "",          None),
    ("p3",           "xen ena",      "2xl 8xl 16xl",                   "",          None),
    ("p3dn",         "nitro",        "24xl",                           "",          nvme("2")),
    ("p4d",          "nitro bios",   "24xl",                           "",          nvme("8")),
    ("p4de",         "nitro bios",   "24xl",                           "",          nvme("8")),
    ("p5",           "nitro tpm",    "4xl 48xl",                       "",          nvme("1 8")),
    ("p5e",          "nitro tpm",    "48xl",                           "",          nvme("8")),
    ("p5en",         "nitro tpm",    "48xl",                           "",          nvme("8")),
    ("p6-b200",      "nitro tpm",    "48xl",                           "",          nvme("8")),
    ("p6-b300",      "nitro tpm",    "48xl",                           "",          nvme("8")),
    # Nvidia Grace is an Arm processor. NitroTPM by rule A TP-5 (P6*); its boot mode is that of every Arm type.
    ("p6e-gb200",    "arm tpm",      "36xl",                           "",          nvme("?")),
    # Rule A Q12: instance store roots in the guide of 2023, no longer in the present one.
    ("g2",           "xen",          "2xl 8xl",                        "",          mapped("1 2")),
    ("g3",           "xen ena",      "4xl 8xl 16xl",                   "",          None),
    ("g3s",          "xen ena",      "xl",                             "",          None),
    # Rule A 5.6 has G4ad and DL1. The disks of g4ad.xlarge, g4ad.2xlarge and DL1 are those AWS announced.
    ("g4ad",         "nitro bios",   "xl 2xl 4xl 8xl 16xl",            "",          nvme("1 1 1 1 2")),
    ("g4dn",         "nitro tpm",    "xl 2xl 4xl 8xl 12xl 16xl",       METAL,       nvme("1 1 1 1 1 1  2")),
    ("g5",           "nitro tpm",    G,                                "",          nvme("1 1 1 1 1 1 1 2")),
    ("g5g",          "arm",          "xl 2xl 4xl 8xl 16xl",            METAL,       None),
    ("g6",           "nitro tpm",    G,                                "",          nvme("1 1 1 2 4 2 4 8")),
    ("g6e",          "nitro tpm",    G,                                "",          nvme("1 1 1 2 2 2 2 4")),
    ("g6f",          "nitro tpm",    "large xl 2xl 4xl",               "",          nvme("1 1 1 1")),
    ("g7",           "nitro tpm",    G7,                               "",          nvme("1 1 1 1 1 2")),
    ("g7e",          "nitro tpm",    G7,                               "",          nvme("1 1 1 1 2 4")),
    ("gr6",          "nitro tpm",    "4xl 8xl",                        "",          nvme("1 2")),
    ("gr6f",         "nitro tpm",    "4xl",                            "",          nvme("1")),
    ("cg1",          "xen",          "4xl",                            "",          mapped("2")),
    ("f1",           "xen ena",      "2xl 4xl 16xl",                   "",          nvme("1 1 4")),
    ("f2",           "nitro tpm",    "6xl 12xl 48xl",                  "",          nvme("1 2 8")),
    ("inf1",         "nitro tpm",    "xl 2xl 6xl 24xl",                "",          None),
    ("inf2",         "nitro tpm",    "xl 8xl 24xl 48xl",               "",          None),
    # Rule A BO-3 excepts neither Trn1 nor Trn1n from "both boot modes"; the recording has legacy-bios alone.
    ("trn1",         "nitro",        "2xl 32xl",                       "",          nvme("1 4")),
    ("trn1n",        "nitro",        "32xl",                           "",          nvme("4")),
    # Rule A TP-5 has Trn2*; the recording has no NitroTPM for trn2.3xlarge.
    ("trn2",         "nitro tpm",    "3xl 48xl",                       "",          nvme("1 4")),
    ("trn2u",        "nitro tpm",    "48xl",                           "",          nvme("4")),
    ("dl1",          "nitro bios",   "24xl",                           "",          nvme("4")),
    ("dl2q",         "nitro",        "24xl",                           "",          None),
    ("vt1",          "nitro bios",   "3xl 6xl 24xl",                   "",          None),
    # High-performance computing
    ("hpc6a",        "nitro tpm",    "48xl",                           "",          None),
    ("hpc6id",       "nitro tpm",    "32xl",                           "",          nvme("4")),
    ("hpc7a",        "nitro",        "12xl 24xl 48xl 96xl",            "",          None),
    ("hpc7g",        "arm",          "4xl 8xl 16xl",                   "",          None),
    ("hpc8a",        "nitro tpm",    "96xl",                           "",          None),
    # Mac
    # Rule A 5.6 boots all Macs with uefi; the recording has legacy-bios.
    ("mac-m3ultra",  "mac arm",      "metal",                          "",          None),
    ("mac-m4",       "mac arm",      "metal",                          "",          nvme("1")),
    ("mac-m4max",    "mac arm",      "metal",                          "",          None),
    ("mac-m4pro",    "mac arm",      "metal",                          "",          nvme("1")),
    ("mac1",         "mac x86",      "metal",                          "",          None),
    ("mac2",         "mac arm",      "metal",                          "",          None),
    ("mac2-m1ultra", "mac arm",      "metal",                          "",          None),
    ("mac2-m2",      "mac arm",      "metal",                          "",          None),
    ("mac2-m2pro",   "mac arm",      "metal",                          "",          None),
)

# (family, sizes, what these sizes are built as): where a size differs from its family
EXCEPTIONS: Final[tuple[tuple[str, str, Build], ...]] = (
    ("m1", "small medium",            "xen pv 32"),
    ("m3", "medium",                  "xen pv hvm 32"),  # rule A 5.6; the recording has x86_64 alone
    ("m4", "16xl",                    "xen ena"),
    ("t2", "nano micro small medium", "xen 32"),         # rule A 5.6 names t2.micro; the others are recorded
    ("c1", "medium",                  "xen pv 32"),
    ("c3", "large",                   "xen pv hvm 32"),
)

# What a family's bare metal sizes are built as, where it has any
METAL_BUILDS: Final[dict[Build, Build]] = {
    "xen ena":    "metal x86",
    "nitro tpm":  "metal x86",
    "nitro bios": "metal x86",
    "arm":        "metal arm",
    "arm tpm":    "metal arm",
}
# fmt: on

# Families that DescribeInstanceTypes no longer calls the current generation. Of those that it was not asked about, the
# retired ones and those that AWS lists as previous stand here, too; DL1, G4ad, U-*, U7ib, U7inh and P6e do not.
PREVIOUS_GENERATION: Final = (
    "m1 m2 m3 m4 m5 m6i t1 a1 c1 c3 c4 c5 c6gn cc1 cc2 r3 r4 r5 r6i r7g r7gd cr1 "
    "d2 hs1 hi1 i2 p2 p3 g2 g3 g3s g5 cg1 f1"
)

# A USB bus in software (umockdev): made and changed by what comes in on standard input, a word a line. Says where its files are, then `done`
# after each word. Run under umockdev-wrapper.
import sys

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

HUB = "/sys/devices/pci0000:00/0000:00:14.0/usb1"
SCANNER = HUB + "/1-4"
# Device and configuration descriptors (USB 2.0, 9.6), little-endian.
HUB_DESCRIPTORS = "12010002090001406B1D020015040302010109021900010100E0000904000001090000000705810304000C"
SCANNER_DESCRIPTORS = "1201000200000040C5042E130001010203010902120001010080320904000000FF000000"


def entry(path, number, device_class, vendor, product, descriptors, more=""):
    return f"""P: {path.removeprefix("/sys")}
N: bus/usb/001/00{number}={descriptors}
E: DEVNAME=/dev/bus/usb/001/00{number}
E: DEVTYPE=usb_device
E: BUSNUM=001
E: DEVNUM=00{number}
E: SUBSYSTEM=usb
A: bDeviceClass={device_class}
A: idVendor={vendor}
A: idProduct={product}
A: busnum=1
A: devnum={number}
A: speed=480
A: bConfigurationValue=1
{more}H: descriptors={descriptors}

"""


bed = UMockdev.Testbed.new()
bed.add_from_string(entry(HUB, 1, "09", "1d6b", "0002", HUB_DESCRIPTORS))
print(bed.get_root_dir(), flush=True)
for line in sys.stdin:
    if line.strip() == "plug":
        names = "A: manufacturer=Fujitsu\nA: product=fi-7160\nA: serial=A123\n"
        bed.add_from_string(entry(SCANNER, 2, "00", "04c5", "132e", SCANNER_DESCRIPTORS, names))
        bed.uevent(SCANNER, "add")
    elif line.strip() == "pull":
        bed.uevent(SCANNER, "remove")
        bed.remove_device(SCANNER)
    print("done", flush=True)

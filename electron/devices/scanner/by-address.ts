import type { DocumentScanner, ScannerAddress } from './port.ts';

/** Whether a scanner is reached over the network by its own address, without a driver of the system. */
export const isNetworkAddress = (device: string): boolean => /^https?:\/\//i.test(device);

/** One scanner out of two drivers: the system's own for its devices, eSCL for those that have an address. */
export const scannerByAddress = (
  system: DocumentScanner,
  network: Pick<DocumentScanner, 'capabilities' | 'scan'>,
): DocumentScanner => {
  const of = ({ device }: ScannerAddress) => (isNetworkAddress(device) ? network : system);
  return {
    list: system.list,
    capabilities: (scanner, options) => of(scanner).capabilities(scanner, options),
    scan: (request, handlers) => of(request.scanner).scan(request, handlers),
  };
};

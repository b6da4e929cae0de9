// `npm run portal`: the portal alone, from its source.
import '../portal/server.ts';

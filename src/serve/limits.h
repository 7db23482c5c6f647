/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Limits of the server, each with its reason. Every byte that comes from outside meets one of them.
 *
 * Stage: serve.
 */

/* -- One connection ---------------------------------------------------------------------------- */

/** Memory of a connection before its request is authorised: request line, headers and the read
 * buffer. Browsers and Telegraf stay under 8 KiB; together with the socket's own it holds an
 * unknown peer below 64 KiB. */
#define DAVY_HTTP_CONNECTION_MEMORY ((size_t) 24 * 1024)

/** Bytes of a request target, path and query; a long list of signals fits. */
#define DAVY_HTTP_TARGET_MAX ((size_t) 8 * 1024)

/** Parameters of a query. */
#define DAVY_HTTP_PARAMETERS_MAX 16

/** From connect, or from the end of the last answer, to the end of the next headers. A client that
 * sends one byte a second stays below any idle time-out, so this is a total. It is also how long a
 * connection that showed no key may rest between requests. */
#define DAVY_HTTP_HEADER_DEADLINE_MS 15000

/** A body has this long, plus the time its bytes take at the slowest rate that is served. */
#define DAVY_HTTP_BODY_DEADLINE_MS 20000

/** An answer has this long, plus its bytes at the slowest rate. Event streams have no end. */
#define DAVY_HTTP_ANSWER_DEADLINE_MS 30000

/** Slowest rate of bodies and answers: a modem of 1998. */
#define DAVY_HTTP_RATE_MIN_BYTES_PER_S 4096

/** Without a byte either way for so long, MHD closes by itself: the net beneath the deadlines
 * above, of which the longest is a rest. One for all: MHD looks through connections that have one
 * of their own in every turn of its loop. */
#define DAVY_HTTP_IDLE_S (DAVY_HTTP_REST_MS / 1000 + 5)

/** A connection that showed a key may rest so long for its next request: programs that ask once a
 * minute keep theirs. */
#define DAVY_HTTP_REST_MS 75000

/** Connections in all (fewer when the process may not open so many files), and from one address: a
 * gateway with a dozen programs stays far below, a flood from one host leaves room for others. It
 * takes a hundred hostile addresses to fill the room, and each connection only for its deadlines.
 */
#define DAVY_HTTP_CONNECTIONS_MAX             10000
#define DAVY_HTTP_CONNECTIONS_PER_ADDRESS_MAX 100

/* -- Bodies -------------------------------------------------------------------------------------
 */

/** A batch of line protocol, also after gzip: about 500,000 points. */
#define DAVY_HTTP_WRITE_MAX ((size_t) 32 * 1024 * 1024)

/** Tensors of a request, also after gzip, unless the server is told otherwise: as Triton has it. */
#define DAVY_HTTP_TENSORS_MAX ((size_t) 64 * 1024 * 1024)

/** A packed body may unpack to so much whatever it is made of... */
#define DAVY_HTTP_UNPACKED_MIN ((size_t) 16 * 1024 * 1024)

/** ...and beyond that to so many times what was read of it: tensors of measured numbers stay below
 * 20, a bomb of deflate has 1,000 and ends after 17 MiB and some 30 ms. */
#define DAVY_HTTP_UNPACKED_RATIO ((size_t) 100)

/** Answers of this length on are packed for who accepts it; below it a packet is a packet. */
#define DAVY_HTTP_PACKED_MIN ((size_t) 1400)

/** A file to train on: a million rows of a hundred signals as text. It goes to the disk in pieces.
 */
#define DAVY_HTTP_UPLOAD_MAX   ((size_t) 1024 * 1024 * 1024)
#define DAVY_HTTP_UPLOAD_PIECE ((size_t) 256 * 1024)

/** JSON of an action: a comment and a duration. */
#define DAVY_HTTP_JSON_MAX ((size_t) 16 * 1024)

/** JSON with a file as text: the site file of some 20,000 signals, or a what-if with its lists. */
#define DAVY_HTTP_DOCUMENT_MAX ((size_t) 8 * 1024 * 1024)

/** Nesting of a JSON body. An order of dispatch has the most: in it a forecast, in that an impact,
 * in that GeoJSON, whose points lie seven levels deep. */
#define DAVY_HTTP_JSON_DEPTH_MAX 12

/** Pixels of a picture that a model is asked about: four times what a camera of 4K has. */
#define DAVY_HTTP_PICTURE_PIXELS_MAX ((size_t) 32 * 1024 * 1024)

/** Bodies of all requests together and what is made of them; past it the answer is 503 with
 * Retry-After. */
#define DAVY_HTTP_BODIES_MAX ((size_t) 256 * 1024 * 1024)

/** A refused request's body is read and forgotten up to this, so that its sender sees the answer
 * and not a reset; beyond it the connection is closed. */
#define DAVY_HTTP_DISCARD_MAX ((size_t) 1024 * 1024)

/** The same for a body without a declared length that grew past its limit. */
#define DAVY_HTTP_DISCARD_CHUNKED_MAX ((size_t) 64 * 1024 * 1024)

/* -- Work ---------------------------------------------------------------------------------------
 */

/** Who works long on an answer looks so often whether its client is still there: a look is a call
 * of the system, and work that nobody waits for goes on no longer than a person notices. */
#define DAVY_HTTP_LOOK_MS 20

/** Threads that wait for the disk of ingest (they share syncs), and threads for all else. */
#define DAVY_HTTP_WRITERS 16
#define DAVY_HTTP_READERS 6

/** A question to a quick model of this length at most is answered by the event loop itself: it is
 * read in some 0.1 ms. */
#define DAVY_HTTP_AT_ONCE_MAX ((size_t) 16 * 1024)

/** Threads that wait for a model's answer. Requests that wait are what a batch is made of, so there
 * are as many as batches are long; they cost a stack of some pages each. */
#define DAVY_HTTP_INFERERS 48

/** Requests that wait for one of these; past it the answer is 429: a queue that is longer than the
 * machine can answer in a second is time lost for all who wait in it. */
#define DAVY_HTTP_INFER_QUEUE_MAX 256

/** Requests that wait for a thread; past it the answer is 503 with Retry-After. */
#define DAVY_HTTP_QUEUE_MAX 512

/** Event loops; they parse and copy, and never wait. */
#define DAVY_HTTP_LOOPS 2

/** Bytes that a streamed answer prepares at a time. */
#define DAVY_HTTP_STREAM_CHUNK ((size_t) 128 * 1024)

/** Bytes of a form that are read before its key is known, and requests at a time of which they are:
 * fields before a picture are short, and a megabyte is what strangers may hold by this. */
#define DAVY_HTTP_FORM_KEY_WITHIN ((size_t) 16 * 1024)
#define DAVY_HTTP_FORM_KEYS_MAX   64

/* -- Denied attempts ----------------------------------------------------------------------------
 */

/** Wrong keys that one address may present in a minute before it is told 429. A right key is taken
 * all the time, also from that address: its neighbour behind the same gateway may have an alarm to
 * acknowledge, and a key of 256 bits cannot be guessed. */
#define DAVY_HTTP_WRONG_KEYS_PER_MINUTE 5

/** Denied attempts of one address that are each an audit record of their own in a minute; the rest
 * is one record with their number, so that nobody can fill the disk from outside. */
#define DAVY_HTTP_DENIALS_RECORDED_PER_MINUTE 20

/** Questions to models that are each an audit record of their own in a second, where that is
 * switched on; the rest is one record with their number. At 500 bytes it is at most 4 GB a day. */
#define DAVY_HTTP_INFERENCES_RECORDED_PER_SECOND 100

/** Addresses that are remembered; when full, the one that was quiet longest makes room. */
#define DAVY_HTTP_ADDRESSES_MAX 1024

/* -- Sessions of browsers ------------------------------------------------------------------------
 */

/** Sessions in all, and of one key: a shift's people share one, each with a screen or two. */
#define DAVY_HTTP_SESSIONS_MAX         1024
#define DAVY_HTTP_SESSIONS_PER_KEY_MAX 16

/** A session that may act ends with the shift. A viewer's may go on: it is the screen on the wall.
 */
#define DAVY_HTTP_SESSION_MS (INT64_C(12) * 3600 * 1000)

/** Nobody asked and no event stream ran for so long: the page was closed. */
#define DAVY_HTTP_SESSION_IDLE_MS (INT64_C(15) * 60 * 1000)

/* -- Event streams ------------------------------------------------------------------------------
 */

/** Streams at a time, each a console page. */
#define DAVY_HTTP_STREAMS_MAX 64

/** Events kept for streams that lag, by number and by bytes; past it a stream is told its gap. */
#define DAVY_HTTP_EVENTS_MAX      1024
#define DAVY_HTTP_EVENT_BYTES_MAX ((size_t) 4 * 1024 * 1024)

/** Events that wait are sent together, about so many bytes at a time. */
#define DAVY_HTTP_EVENT_BLOCK ((size_t) 16 * 1024)

/** A comment line at this interval keeps proxies from closing and finds clients that are gone. */
#define DAVY_HTTP_HEARTBEAT_MS 15000

/* -- Stopping ------------------------------------------------------------------------------------
 */

/** At stopping, what runs has this long to be answered. */
#define DAVY_HTTP_STOP_MS 3000

// The device code of Msr, float32, channels last. Only +, -, *, /, fmaf, sqrt and integers are used, compiled without contraction, so that every compiler, every
// device and the interpreter give the same bits. build-ptx.sh makes kernels.ptx from this file.
//
// Parameters: the geometry, if any, then destinations, sources, sizes and constants. Blocks have 256 threads. Views start at any element: 16 bytes a thread move
// where every pointer is aligned, single elements otherwise, and the bits are the same. No atomics: each result has one writer, and sums have an order that
// follows from sizes alone.
#include "gpu_compat.h"
#include "common.h"
#include "elementary.h"
#include "elementwise.h"
#include "channels.h"
#include "normalisation.h"
#include "pool.h"
#include "unfold.h"
#include "noise.h"
#include "loss.h"
#include "rows.h"
#include "update.h"

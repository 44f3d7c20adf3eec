using System.Runtime.CompilerServices;

// Kernels write what they allocate on the stack before they read it.
[module: SkipLocalsInit]

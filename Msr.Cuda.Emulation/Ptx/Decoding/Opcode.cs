namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>
/// What a decoded instruction does. Registers hold 64 bits, zeros above their width, so that one operation often serves several widths. The order
/// matters: families stand together.
/// </summary>
internal enum Opcode : ushort
{
    /// <summary>Ends the thread.</summary>
    Exit,
    /// <summary>pc = Target.</summary>
    Branch,
    /// <summary>pc = Target where A is true.</summary>
    BranchIf,
    /// <summary>pc = Target where A is false.</summary>
    BranchIfNot,
    /// <summary>Looks whether the sources of the instruction number Target were ever written, then runs it.</summary>
    Checked,
    /// <summary>Waits for all threads of the block.</summary>
    Barrier,
    /// <summary>Waits for the lanes of the mask A.</summary>
    WarpBarrier,
    /// <summary>D = A of the lane B below, E = whether there is one; C bounds, F is the mask.</summary>
    ShuffleUp,
    /// <summary>D = A of the lane B above, E = whether there is one; C bounds, F is the mask.</summary>
    ShuffleDown,
    /// <summary>D = A of the lane xor B, E = whether it is in bounds; C bounds, F is the mask.</summary>
    ShuffleButterfly,
    /// <summary>D = A of the lane B, E = whether it is in bounds; C bounds, F is the mask.</summary>
    ShuffleIndex,
    /// <summary>D = whether A holds in all lanes of the mask F.</summary>
    VoteAll,
    /// <summary>D = whether A holds in a lane of the mask F.</summary>
    VoteAny,
    /// <summary>D = whether A is the same in all lanes of the mask F.</summary>
    VoteUniform,
    /// <summary>D = the set of lanes of the mask F where A holds.</summary>
    VoteBallot,
    /// <summary>D = the word at A + Immediate in global memory.</summary>
    LoadGlobal32,
    /// <summary>D = the double word at A + Immediate in global memory.</summary>
    LoadGlobal64,
    /// <summary>Puts D at A + Immediate in global memory.</summary>
    StoreGlobal32,
    /// <summary>Puts D at A + Immediate in global memory.</summary>
    StoreGlobal64,
    /// <summary>D = the word at A + Immediate in shared memory.</summary>
    LoadShared32,
    /// <summary>Puts D at A + Immediate in shared memory.</summary>
    StoreShared32,
    /// <summary>D = Size bytes of the parameters at A + Immediate.</summary>
    LoadParameter,
    /// <summary>D, B, C, E = Count elements of Size bytes at A + Immediate of Space.</summary>
    Load,
    /// <summary>Puts D, B, C, E at A + Immediate of Space: Count elements of Size bytes.</summary>
    Store,
    /// <summary>D = the old value at A + Immediate of Space, which becomes Operation of it, B and C.</summary>
    Atomic,
    /// <summary>D = A.</summary>
    Move,
    /// <summary>D = C ? A : B.</summary>
    Select,
    /// <summary>D = A | B &lt;&lt; 32.</summary>
    Pack32,
    /// <summary>D = A | B &lt;&lt; 16.</summary>
    Pack16,
    /// <summary>D = A + B, 32 bits.</summary>
    Add32,
    /// <summary>D = A + B.</summary>
    Add64,
    /// <summary>D = A - B, 32 bits.</summary>
    Subtract32,
    /// <summary>D = A - B.</summary>
    Subtract64,
    /// <summary>D = A * B, 32 bits.</summary>
    Multiply32,
    /// <summary>D = A * B.</summary>
    Multiply64,
    /// <summary>D = A * B &gt;&gt; 32, unsigned.</summary>
    MultiplyHighU32,
    /// <summary>D = A * B, 64 bits of signed 32.</summary>
    MultiplyWideS32,
    /// <summary>D = A * B + C, 32 bits.</summary>
    MultiplyAdd32,
    /// <summary>D = A * B + C.</summary>
    MultiplyAdd64,
    /// <summary>D = A &lt;&lt; B, 0 from 32 on.</summary>
    ShiftLeft32,
    /// <summary>D = A &lt;&lt; B, 0 from 64 on.</summary>
    ShiftLeft64,
    /// <summary>D = A &gt;&gt; B, 0 from 64 on.</summary>
    ShiftRightUnsigned,
    /// <summary>D = A &gt;&gt; B, all sign from 32 on.</summary>
    ShiftRightS32,
    /// <summary>D = A and B.</summary>
    And,
    /// <summary>D = A or B.</summary>
    Or,
    /// <summary>D = A xor B.</summary>
    Xor,
    /// <summary>D = the low 32 bits of A.</summary>
    Truncate32,
    /// <summary>D = the low 16 bits of A.</summary>
    Truncate16,
    /// <summary>D = the low 8 bits of A.</summary>
    Truncate8,
    /// <summary>D = the low 32 bits of A, signed, as 64.</summary>
    SignExtend32,
    /// <summary>D = the low 16 bits of A, signed, as 64.</summary>
    SignExtend16,
    /// <summary>D = the low 8 bits of A, signed, as 64.</summary>
    SignExtend8,
    /// <summary>D = min(A, B), unsigned.</summary>
    MinUnsigned,
    /// <summary>D = max(A, B), unsigned.</summary>
    MaxUnsigned,
    /// <summary>D = A == B.</summary>
    Equal,
    /// <summary>D = A != B.</summary>
    NotEqual,
    /// <summary>D = A &lt; B, unsigned.</summary>
    LessUnsigned,
    /// <summary>D = A &lt;= B, unsigned.</summary>
    LessEqualUnsigned,
    /// <summary>D = A &lt; B, signed 32.</summary>
    LessS32,
    /// <summary>D = A &lt;= B, signed 32.</summary>
    LessEqualS32,
    /// <summary>D = A &lt; B, signed 64.</summary>
    LessS64,
    /// <summary>D = A &lt;= B, signed 64.</summary>
    LessEqualS64,
    /// <summary>D = not A, a predicate.</summary>
    NotPredicate,
    /// <summary>D = not A, 32 bits.</summary>
    Not32,
    /// <summary>D = not A.</summary>
    Not64,
    /// <summary>D = -A, 32 bits.</summary>
    Negate32,
    /// <summary>D = -A.</summary>
    Negate64,
    /// <summary>D = |A|, signed 32.</summary>
    Absolute32,
    /// <summary>D = |A|, signed 64.</summary>
    Absolute64,
    /// <summary>D = min(A, B), signed 32.</summary>
    MinS32,
    /// <summary>D = max(A, B), signed 32.</summary>
    MaxS32,
    /// <summary>D = min(A, B), signed 64.</summary>
    MinS64,
    /// <summary>D = max(A, B), signed 64.</summary>
    MaxS64,
    /// <summary>D = A / B, unsigned.</summary>
    DivideUnsigned,
    /// <summary>D = A mod B, unsigned.</summary>
    RemainderUnsigned,
    /// <summary>D = A / B towards 0, signed 32.</summary>
    DivideS32,
    /// <summary>D = A - A / B * B, signed 32.</summary>
    RemainderS32,
    /// <summary>D = A / B towards 0, signed 64.</summary>
    DivideS64,
    /// <summary>D = A - A / B * B, signed 64.</summary>
    RemainderS64,
    /// <summary>D = A * B &gt;&gt; 32, signed 32.</summary>
    MultiplyHighS32,
    /// <summary>D = A * B &gt;&gt; 16, signed 16.</summary>
    MultiplyHighS16,
    /// <summary>D = A * B &gt;&gt; 16, unsigned 16.</summary>
    MultiplyHighU16,
    /// <summary>D = A * B &gt;&gt; 64, unsigned.</summary>
    MultiplyHighU64,
    /// <summary>D = A * B &gt;&gt; 64, signed.</summary>
    MultiplyHighS64,
    /// <summary>D = A * B + C, 64 bits of signed 32.</summary>
    MultiplyAddWideS32,
    /// <summary>D = A &gt;&gt; B, all sign from 64 on.</summary>
    ShiftRightS64,
    /// <summary>D = high word of (B:A &lt;&lt; C mod 32).</summary>
    FunnelLeftWrap,
    /// <summary>D = high word of (B:A &lt;&lt; min(C, 32)).</summary>
    FunnelLeftClamp,
    /// <summary>D = low word of (B:A &gt;&gt; C mod 32).</summary>
    FunnelRightWrap,
    /// <summary>D = low word of (B:A &gt;&gt; min(C, 32)).</summary>
    FunnelRightClamp,
    /// <summary>D = how many bits of A are set.</summary>
    PopulationCount,
    /// <summary>D = leading zeros of A, 32 bits.</summary>
    LeadingZeros32,
    /// <summary>D = leading zeros of A, 64 bits.</summary>
    LeadingZeros64,
    /// <summary>D = the 32 bits of A in reverse.</summary>
    Reverse32,
    /// <summary>D = the 64 bits of A in reverse.</summary>
    Reverse64,
    /// <summary>D = bytes of B:A chosen by C.</summary>
    Permute,
    /// <summary>D = the function of A, B, C whose table is E.</summary>
    Logic3,
    /// <summary>D = C bits of A from bit B on, unsigned.</summary>
    ExtractU32,
    /// <summary>D = C bits of A from bit B on, signed 32.</summary>
    ExtractS32,
    /// <summary>D = C bits of A from bit B on, unsigned.</summary>
    ExtractU64,
    /// <summary>D = C bits of A from bit B on, signed 64.</summary>
    ExtractS64,
    /// <summary>D = B with E bits of A put in from bit C on.</summary>
    Insert32,
    /// <summary>D = B with E bits of A put in from bit C on.</summary>
    Insert64,
    /// <summary>D = A + B.</summary>
    AddF32,
    /// <summary>D = A - B.</summary>
    SubtractF32,
    /// <summary>D = A * B.</summary>
    MultiplyF32,
    /// <summary>D = A / B.</summary>
    DivideF32,
    /// <summary>D = A * B + C, rounded once.</summary>
    FusedF32,
    /// <summary>D = the root of A.</summary>
    SqrtF32,
    /// <summary>D = 1 / A.</summary>
    ReciprocalF32,
    /// <summary>D = -A: the sign bit turned.</summary>
    NegateF32,
    /// <summary>D = |A|: the sign bit cleared.</summary>
    AbsoluteF32,
    /// <summary>D = the smaller of A and B; a NaN yields to a number.</summary>
    MinF32,
    /// <summary>D = the larger of A and B; a NaN yields to a number.</summary>
    MaxF32,
    /// <summary>D = A == B.</summary>
    EqualF32,
    /// <summary>D = A and B are ordered and differ.</summary>
    NotEqualF32,
    /// <summary>D = A &lt; B.</summary>
    LessF32,
    /// <summary>D = A &lt;= B.</summary>
    LessEqualF32,
    /// <summary>D = neither A nor B is NaN.</summary>
    OrderedF32,
    /// <summary>D = A, signed 32, rounded.</summary>
    ConvertF32FromS32,
    /// <summary>D = A, unsigned 32, rounded.</summary>
    ConvertF32FromU32,
    /// <summary>D = A towards 0, saturating; 0 for NaN.</summary>
    ConvertS32FromF32,
    /// <summary>D = A rounded to an integer, ties to even.</summary>
    RoundEvenF32,
    /// <summary>D = A, signed 64, rounded.</summary>
    ConvertF32FromS64,
    /// <summary>D = A, unsigned 64, rounded.</summary>
    ConvertF32FromU64,
    /// <summary>D = A, signed 64, rounded.</summary>
    ConvertF64FromS64,
    /// <summary>D = A, unsigned 64, rounded.</summary>
    ConvertF64FromU64,
    /// <summary>D = A, exactly.</summary>
    ConvertF64FromF32,
    /// <summary>D = A, rounded.</summary>
    ConvertF32FromF64,
    /// <summary>D = A towards 0 as an integer of Size bytes, signed where Count is 1, saturating.</summary>
    ConvertIntegerFromF32,
    /// <summary>D = A towards 0 as an integer of Size bytes, signed where Count is 1, saturating.</summary>
    ConvertIntegerFromF64,
    /// <summary>D = A rounded to an integer towards 0.</summary>
    RoundZeroF32,
    /// <summary>D = A rounded to an integer downwards.</summary>
    RoundDownF32,
    /// <summary>D = A rounded to an integer upwards.</summary>
    RoundUpF32,
    /// <summary>D = A rounded to an integer, ties to even.</summary>
    RoundEvenF64,
    /// <summary>D = A rounded to an integer towards 0.</summary>
    RoundZeroF64,
    /// <summary>D = A rounded to an integer downwards.</summary>
    RoundDownF64,
    /// <summary>D = A rounded to an integer upwards.</summary>
    RoundUpF64,
    /// <summary>D = A + B.</summary>
    AddF64,
    /// <summary>D = A - B.</summary>
    SubtractF64,
    /// <summary>D = A * B.</summary>
    MultiplyF64,
    /// <summary>D = A / B.</summary>
    DivideF64,
    /// <summary>D = A * B + C, rounded once.</summary>
    FusedF64,
    /// <summary>D = the root of A.</summary>
    SqrtF64,
    /// <summary>D = 1 / A.</summary>
    ReciprocalF64,
    /// <summary>D = -A: the sign bit turned.</summary>
    NegateF64,
    /// <summary>D = |A|: the sign bit cleared.</summary>
    AbsoluteF64,
    /// <summary>D = the smaller of A and B; a NaN yields to a number.</summary>
    MinF64,
    /// <summary>D = the larger of A and B; a NaN yields to a number.</summary>
    MaxF64,
    /// <summary>D = A == B.</summary>
    EqualF64,
    /// <summary>D = A and B are ordered and differ.</summary>
    NotEqualF64,
    /// <summary>D = A &lt; B.</summary>
    LessF64,
    /// <summary>D = A &lt;= B.</summary>
    LessEqualF64,
    /// <summary>D = neither A nor B is NaN.</summary>
    OrderedF64,
    /// <summary>D = B with the sign of A.</summary>
    CopySignF32,
    /// <summary>D = B with the sign of A.</summary>
    CopySignF64,
    /// <summary>D = whether A is infinite.</summary>
    TestInfiniteF32,
    /// <summary>D = whether A is neither infinite nor NaN.</summary>
    TestFiniteF32,
    /// <summary>D = whether A is NaN.</summary>
    TestNanF32,
}

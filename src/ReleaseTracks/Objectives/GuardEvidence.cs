namespace ReleaseTracks.Objectives;

/// <summary>
/// Natural logarithms of the evidence that an objective is broken: 0 is none either way, ln(1/α) is proof.
/// </summary>
/// <param name="G">Betting on interval fractions; valid under any correlation inside an interval.</param>
/// <param name="BR">Likelihood-ratio grid; sharper, for independent failures only. Null when the objective is too low for it.</param>
/// <param name="C1">Treatment against control. Null when this window has seen no control.</param>
public sealed record GuardEvidence(double G, double? BR, double? C1);

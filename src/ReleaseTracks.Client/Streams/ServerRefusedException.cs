using System.Net;

namespace ReleaseTracks.Client.Streams;

/// <summary>The server answered, but not with what was asked for.</summary>
internal sealed class ServerRefusedException(HttpStatusCode status, string path) : Exception(
    status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
        ? $"The server refuses the key ({(int)status} on {path}): it is wrong or revoked. Make a new SDK key and set it."
        : $"The server answered {(int)status} on {path}.")
{
    /// <summary>Answers that will be the same until somebody changes something.</summary>
    public bool IsFinal => (int)status is >= 300 and < 500 and not (408 or 425 or 429);

    public static void ThrowUnless(HttpResponseMessage answer, bool also = false)
    {
        if (!answer.IsSuccessStatusCode && !also)
            throw new ServerRefusedException(answer.StatusCode, answer.RequestMessage?.RequestUri?.AbsolutePath ?? "");
    }
}

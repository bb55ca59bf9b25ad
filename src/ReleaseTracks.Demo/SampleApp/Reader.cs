namespace ReleaseTracks.Demo.SampleApp;

/// <summary>Who reads. The sample app has no sign-in: the address says it.</summary>
internal static class Reader
{
    private const int LongestName = 64;

    public static string Of(HttpContext http) => Known(http.Request.Query["user"].ToString());

    public static string Known(string user) => user.Length is 0 or > LongestName || user.Any(char.IsControl) ? "guest" : user;
}

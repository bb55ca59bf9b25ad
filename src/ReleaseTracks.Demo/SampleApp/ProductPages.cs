namespace ReleaseTracks.Demo.SampleApp;

/// <summary>The pages of the sample product. Each is one feature with a plain path.</summary>
internal sealed class ProductPages(FeatureServing features, AiClient ai, FeedbackClient feedback)
{
    private const int LongestUser = 64;
    private const int ExcerptLength = 90;

    public void Map(WebApplication app)
    {
        app.MapGet("/", Home);
        app.MapGet("/feed", Feed);
        app.MapGet("/summary", Summary);
        app.MapPost("/report", Report);
    }

    private async Task<IResult> Home(CancellationToken cancel, string user = "guest")
    {
        user = Known(user);
        var served = await features.ServeAsync(
            DemoFeature.Cards, user, "list", () => Task.FromResult("cards"), layout => layout.Length > 0, cancel);
        var articles = string.Concat(Article.All.Take(4).Select(article => Page.Article(article, Excerpt(article))));
        return Page.Show("Today", user, served, $"<div class=\"{served.Content}\">{articles}</div>");
    }

    private async Task<IResult> Feed(CancellationToken cancel, string user = "guest")
    {
        user = Known(user);
        var served = await features.ServeAsync(
            DemoFeature.RankedFeed, user, Article.All, () => ai.RankAsync(user, cancel),
            feed => feed.Distinct().Count() == Article.All.Count, cancel);
        return served.Content is { } feed
            ? Page.Show("Your feed", user, served, string.Concat(feed.Select(article => Page.Article(article, Excerpt(article)))))
            : Page.Unavailable("Your feed", user, served.Assignment);
    }

    private async Task<IResult> Summary(CancellationToken cancel, string user = "guest")
    {
        user = Known(user);
        var article = Article.All.First(one => one.Topic == "health");
        var served = await features.ServeAsync(
            DemoFeature.Summaries, user, Excerpt(article), () => ai.SummarizeAsync(article, cancel),
            text => text.Length > 0 && text.Length < article.Text.Length, cancel);
        return served.Content is { } text
            ? Page.Show("In one sentence", user, served, Page.Article(article, text) + ReportForm(user))
            : Page.Unavailable("In one sentence", user, served.Assignment);
    }

    private async Task<IResult> Report(HttpRequest request, CancellationToken cancel)
    {
        if (!request.HasFormContentType)
            return Results.BadRequest();
        var user = Known((await request.ReadFormAsync(cancel))["user"].ToString());
        await feedback.ReportAsync(DemoFeature.Summaries, user, "misleading", "The summary is not what the article says.", cancel);
        return Results.LocalRedirect($"/summary?user={Uri.EscapeDataString(user)}");
    }

    private static string ReportForm(string user) =>
        $"<form method=\"post\" action=\"/report\"><input type=\"hidden\" name=\"user\" value=\"{Page.Text(user)}\"><button>Report this summary</button></form>";

    private static string Excerpt(Article article) => article.Text[..article.Text.LastIndexOf(' ', ExcerptLength)] + " …";

    private static string Known(string user) => user.Length is 0 or > LongestUser || user.Any(char.IsControl) ? "guest" : user;
}

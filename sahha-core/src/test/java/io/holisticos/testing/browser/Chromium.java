package io.holisticos.testing.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A member's browser: a real Chromium with a profile of its own, which is gone afterwards. */
public final class Chromium implements AutoCloseable {

    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** axe-core looks at each element of a page, and the longest page has thousands. */
    private static final Duration PATIENCE_WITH_SCRIPTS = Duration.ofMinutes(3);

    /** A width and what people like who have it. */
    public enum Screen {
        PHONE(390, 844),
        SMALL_PHONE(320, 568),
        DESKTOP(1280, 800);

        private final int width;
        private final int height;

        Screen(int width, int height) {
            this.width = width;
            this.height = height;
        }
    }

    private final Path profile;
    private final ChromeDriver driver;

    private Chromium(Path profile, ChromeDriver driver) {
        this.profile = profile;
        this.driver = driver;
    }

    /** @throws AssertionError when there is none on this machine: a walk that was not made proves nothing */
    public static Chromium open() throws IOException {
        return open(true);
    }

    /** @param scripts whether pages may run any */
    public static Chromium open(boolean scripts) throws IOException {
        for (Path needed : List.of(BROWSER, DRIVER)) {
            if (!Files.isExecutable(needed)) {
                throw new AssertionError(needed + " is missing: apt-get install chromium chromium-driver");
            }
        }
        Path profile = Files.createTempDirectory("chromium");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(BROWSER.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--disable-dev-shm-usage",
                "--window-size=390,844", // a phone
                "--user-data-dir=" + profile);
        if (!scripts) {
            options.setExperimentalOption("prefs", Map.of("profile.managed_default_content_settings.javascript", 2));
        }
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriver driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .usingAnyFreePort()
                        .build(),
                options);
        driver.manage()
                .timeouts()
                .pageLoadTimeout(PATIENCE)
                .scriptTimeout(PATIENCE_WITH_SCRIPTS)
                .implicitlyWait(Duration.ofSeconds(5));
        return new Chromium(profile, driver);
    }

    /** In the current tab. */
    public void go(String address) {
        driver.get(address);
    }

    /** A new tab, which is the current one from now on. */
    public String newTab() {
        driver.switchTo().newWindow(WindowType.TAB);
        return driver.getWindowHandle();
    }

    public String tab() {
        return driver.getWindowHandle();
    }

    public void toTab(String tab) {
        driver.switchTo().window(tab);
    }

    /** Presses the button with this text, or a part of it, and waits until its page has gone. */
    public void press(String text) {
        WebElement button = driver.findElement(By.xpath(pressable(text)));
        button.click();
        await(() -> isGone(button));
    }

    /** Follows the link with this text, or a part of it. */
    public void follow(String text) {
        WebElement link = driver.findElement(By.partialLinkText(text));
        link.click();
        await(() -> isGone(link));
    }

    /** As somebody without a mouse: by the tab key alone to the button, link or group of choices with this text. */
    public void tabTo(String text) {
        goBy(Keys.TAB, text);
    }

    /**
     * The same by another key; choices of one group are reached by arrows.
     *
     * @throws AssertionError when it never has the focus
     */
    public void goBy(Keys key, String text) {
        for (int i = 0; i < 50; i++) {
            driver.switchTo().activeElement().sendKeys(key);
            String focused = String.valueOf(driver.executeScript("const e = document.activeElement;"
                    + " return e === document.body ? '' : (e.labels && e.labels[0] || e).textContent;"));
            if (focused.contains(text)) {
                return;
            }
        }
        throw new AssertionError("no way by " + key.name() + " leads to " + text);
    }

    /** Presses a key where the focus is, and waits for the next page. */
    public void hit(Keys key) {
        WebElement focused = driver.switchTo().activeElement();
        focused.sendKeys(key);
        await(() -> isGone(focused));
    }

    /** Whether one sees where the focus is. */
    public boolean showsItsFocus() {
        return !"none".equals(driver.switchTo().activeElement().getCssValue("outline-style"));
    }

    public boolean has(String text) {
        return !driver.findElements(By.xpath(pressable(text))).isEmpty();
    }

    /** Who signs in at WHOOP. */
    public void choose(long whoopUserId) {
        WebElement choice = driver.findElement(By.cssSelector("input[name=member][value='" + whoopUserId + "']"));
        choice.click();
    }

    /** Presses a key where the focus is; the page stays. */
    public void type(Keys key) {
        driver.switchTo().activeElement().sendKeys(key);
    }

    /** Writes into the field with this label, in place of what is there. */
    public void enter(String label, String text) {
        WebElement field = labelled(label);
        field.clear();
        field.sendKeys(text);
    }

    /** Chooses the option with this text from the list with this label. */
    public void pick(String label, String option) {
        labelled(label)
                .findElement(By.xpath("option[normalize-space() = '" + option + "']"))
                .click();
    }

    /** Presses the button with this text, or a part of it; the page stays. */
    public void click(String text) {
        driver.findElement(By.xpath(pressable(text))).click();
    }

    /** Waits until the page shows this text. */
    public void awaitText(String text) {
        await(() -> text().contains(text));
    }

    private WebElement labelled(String label) {
        String id = driver.findElement(By.xpath("//label[normalize-space() = '" + label + "']"))
                .getDomAttribute("for");
        return driver.findElement(By.id(String.valueOf(id)));
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        await(() -> {
            try {
                text.append(driver.findElement(By.tagName("body")).getText());
                return true;
            } catch (StaleElementReferenceException | NoSuchElementException comingUp) {
                return false;
            }
        });
        return text.toString();
    }

    public String address() {
        return String.valueOf(driver.getCurrentUrl());
    }

    /** Of frames, what is in them. */
    public String textOfFrame() {
        driver.switchTo().frame(0);
        String text = driver.findElement(By.tagName("body")).getText();
        driver.switchTo().defaultContent();
        return text;
    }

    /** What a script of the page gives to {@code done}. */
    public String answerOf(String script) {
        return String.valueOf(driver.executeAsyncScript("const done = arguments[arguments.length - 1]; " + script));
    }

    /** From the next page on, scripts may do what the page's own policy forbids. */
    public void ignoreContentPolicy() {
        driver.executeCdpCommand("Page.setBypassCSP", Map.of("enabled", true));
    }

    /** No cookies, and nothing in its logs. */
    public void startsAnew() {
        losesItsCookies();
        List.of(LogType.BROWSER, LogType.PERFORMANCE)
                .forEach(log -> driver.manage().logs().get(log));
    }

    /** Its next visit of a page loads all of it anew. */
    public void losesItsCache() {
        driver.executeCdpCommand("Network.clearBrowserCache", Map.of());
    }

    public void losesItsCookies() {
        driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
    }

    /** Whether it is cut off from the network. */
    public void isOffline(boolean offline) {
        driver.executeCdpCommand("Network.enable", Map.of());
        driver.executeCdpCommand(
                "Network.emulateNetworkConditions",
                Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }

    /** From the next page on, the language that its owner likes. */
    public void likes(String language) {
        driver.executeCdpCommand("Network.enable", Map.of());
        driver.executeCdpCommand("Network.setExtraHTTPHeaders", Map.of("headers", Map.of("Accept-Language", language)));
    }

    /** Whether its owner likes dark pages. */
    public void likesItDark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    public void has(Screen screen) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        screen.width,
                        "height",
                        screen.height,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        screen != Screen.DESKTOP));
    }

    /** A picture of the whole page. */
    public void photograph(Path file) throws IOException {
        photograph(file, true);
    }

    /** A picture of what one sees without scrolling, for pages that are too long to be one picture. */
    public void photographScreen(Path file) throws IOException {
        photograph(file, false);
    }

    private void photograph(Path file, boolean whole) throws IOException {
        Object picture = driver.executeCdpCommand(
                        "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", whole))
                .get("data");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(String.valueOf(picture)));
    }

    /** Whether one can read the page without scrolling sideways. */
    public boolean fitsItsWidth() {
        return Boolean.TRUE.equals(driver.executeScript("const page = document.documentElement;"
                + " return Math.max(page.scrollWidth, document.body.scrollWidth) <= page.clientWidth;"));
    }

    /** For the checks of pages. */
    ChromeDriver driver() {
        return driver;
    }

    private static boolean isGone(WebElement element) {
        try {
            element.isEnabled();
            return false;
        } catch (StaleElementReferenceException | NoSuchElementException gone) {
            return true;
        } catch (WebDriverException e) { // chromedriver's words for an element whose page is being replaced just now
            if (String.valueOf(e.getMessage()).contains("does not belong to the document")) {
                return true;
            }
            throw e;
        }
    }

    private static String pressable(String text) {
        return "//button[contains(., '" + text + "')]";
    }

    private static void await(BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not come about within " + PATIENCE);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    @Override
    public void close() throws IOException {
        driver.quit();
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
